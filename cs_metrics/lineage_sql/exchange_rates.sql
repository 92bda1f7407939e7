-- The rates of this month's end and of the month's before, of the currencies that the account pays in.
currencies as (
    select currency
    from metrics_intermediate.int_mrr__balances
    inner join given using (policy, billing_entity, account_id)
    union
    select currency
    from metrics.fct_revenue_lines as lines
    inner join own
        on lines.billing_entity = own.billing_entity
        and lines.account_id = own.own_account_id
),
found as (
    select distinct rates.month, daily
    from metrics_intermediate.contract_month_rates as rates
    inner join currencies using (currency)
    inner join metrics_intermediate.contract_exchange_rates as daily
        on rates.currency = daily.from_currency
        and rates.rate_date = daily.rate_date
        and rates.rate = daily.rate
    cross join given
    where rates.month between given.month - interval 1 month and given.month
)
select
    month as "month end", daily.rate_date, daily.from_currency, daily.to_currency, daily.rate, daily.source_system,
    daily.loaded_at
from found
order by month, daily.from_currency
