{{ built_by_account() }}

with slices as (
    select * from {{ ref('int_mrr__item_slices') }} as item_slices
    where not is_in_trial
        and {{ is_changed('item_slices') }}
),

policies as (
    select * from {{ ref('int_policies') }}
),

ancestors as (
    select * from {{ ref('int_accounts__ancestors') }}
),

priced as (
    select
        policies.policy,
        slices.billing_entity,
        {{ counted_account('slices') }} as account_id,
        slices.subscription_id,
        slices.item_id,
        slices.product_id,
        slices.plan_id,
        slices.currency,
        slices.quantity,
        {{ monthly_amount(
            'slices.amount_none', 'slices.interval_unit', 'slices.interval_count', 'policies'
        ) }} as list_mrr,
        {{ monthly_amount(
            "case policies.discounts when 'all' then slices.amount_all when 'forever' then slices.amount_forever else slices.amount_none end",
            'slices.interval_unit', 'slices.interval_count', 'policies'
        ) }} as mrr,
        slices.month_from,
        case policies.churns_on
            when 'cancellation' then least(slices.month_to, slices.cancelled_month)
            else slices.month_to
        end as month_to,
        slices.follows_trial,
        slices.begins_term,
        slices.signed_month,
        slices.cancelled_month
    from slices
    inner join ancestors
        on slices.billing_entity = ancestors.billing_entity
        and slices.account_id = ancestors.account_id
    cross join policies
    where not slices.is_paused or policies.pauses = 'in'
)

select * from priced
where list_mrr <> 0
    and month_from <= month_to
