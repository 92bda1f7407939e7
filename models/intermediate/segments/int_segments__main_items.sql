{{ built_by_account() }}

with account_months as (
    select * from {{ ref('int_mrr__account_months') }} as all_months
    where closing_mrr > 0
        and {{ is_changed('all_months') }}
),

items as (
    select * from {{ ref('int_mrr__item_mrr') }}
),

rates as (
    select * from {{ ref('contract_month_rates') }}
),

ranked as (
    select
        account_months.policy,
        account_months.billing_entity,
        account_months.account_id,
        account_months.month,
        items.plan_id,
        items.product_id,
        items.currency,
        row_number() over (
            partition by
                account_months.policy, account_months.billing_entity, account_months.account_id, account_months.month
            order by {{ in_reporting_currency('items.mrr', 'rates.rate') }} desc, {{ by_bytes('items.item_id') }}
        ) as size_rank
    from account_months
    inner join items
        on {{ same_account('account_months', 'items') }}
        and account_months.month >= items.month_from
        and account_months.month < items.month_to
    inner join rates
        on items.currency = rates.currency
        and account_months.month = rates.month
)

select policy, billing_entity, account_id, month, plan_id, product_id, currency
from ranked
where size_rank = 1
