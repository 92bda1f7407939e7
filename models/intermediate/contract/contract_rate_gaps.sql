{%- set reporting_currency = as_text_literal(var('reporting_currency')) -%}
with months as (
    select month, closes_on, is_provisional from {{ ref('int_calendar__months') }}
),

known_rates as (
    select from_currency as currency, rate_date
    from {{ ref('contract_exchange_rates') }}
    where to_currency = {{ reporting_currency }}
        and from_currency <> {{ reporting_currency }}
),

lacking as (
    select currency, month, rate_date
    from {{ ref('contract_last_rates') }}
    where not is_fresh
),

-- Months between two rates follow one another. Before the first rate the current month is like any other.
gaps as (
    select
        lacking.currency,
        lacking.rate_date as last_rate_on,
        months.is_provisional and lacking.rate_date is not null as is_tolerated,
        min(lacking.month) as month_from,
        max(lacking.month) as month_to
    from lacking
    inner join months on lacking.month = months.month
    group by lacking.currency, lacking.rate_date, months.is_provisional and lacking.rate_date is not null
),

valued as (
    select * from {{ ref('contract_valued_rows') }}
),

needed as (
    select
        gaps.currency,
        gaps.last_rate_on,
        gaps.is_tolerated,
        min(greatest(gaps.month_from, valued.month_from)) as first_month,
        max(least(gaps.month_to, valued.month_to)) as last_month,
        count(distinct valued.billing_entity || ' ' || valued.account_id) as accounts,
        sum(case when valued.kind = 'item' then 1 else 0 end) as subscription_items,
        sum(case when valued.kind = 'line' then 1 else 0 end) as invoice_lines,
        sum(case when valued.kind = 'cost' then 1 else 0 end) as costs,
        sum(cast(abs(valued.amount) as {{ type_of('total') }})) as amount
    from gaps
    inner join valued
        on gaps.currency = valued.currency
        and gaps.month_from <= valued.month_to
        and gaps.month_to >= valued.month_from
    group by gaps.currency, gaps.last_rate_on, gaps.is_tolerated
),

described as (
    select
        needed.currency,
        needed.last_rate_on,
        needed.is_tolerated,
        needed.first_month,
        needed.last_month,
        needed.accounts,
        needed.subscription_items,
        needed.invoice_lines,
        needed.costs,
        needed.amount,
        months.closes_on,
        min(known_rates.rate_date) as next_rate_on
    from needed
    inner join months on needed.last_month = months.month
    left join known_rates
        on needed.currency = known_rates.currency
        and known_rates.rate_date > coalesce(needed.last_rate_on, cast('{{ first_day() }}' as date))
    group by
        needed.currency, needed.last_rate_on, needed.is_tolerated, needed.first_month, needed.last_month,
        needed.accounts, needed.subscription_items, needed.invoice_lines, needed.costs, needed.amount, months.closes_on
),

final as (
    select
        currency,
        last_rate_on,
        next_rate_on,
        is_tolerated,
        first_month,
        last_month,
        accounts,
        subscription_items,
        invoice_lines,
        costs,
        amount,
        {{ rate_gap_message() | indent(8) }} as message
    from described
)

select * from final
