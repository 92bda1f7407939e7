{{ config(materialized="view") }}

with terms as (
    select * from {{ ref('int_mrr__item_terms') }}
),

slices as (
    select *, slice_from = month_from as begins_term
    from {{ ref('int_mrr__term_slices') }}
),

amounts as (
    select * from {{ ref('int_mrr__discounted_slices') }}
),

sliced_terms as (
    select distinct billing_entity, item_id, valid_from from slices
),

final as (
    select
        slices.billing_entity,
        slices.account_id,
        slices.subscription_id,
        slices.item_id,
        slices.product_id,
        slices.plan_id,
        slices.currency,
        slices.interval_unit,
        slices.interval_count,
        slices.quantity,
        slices.period_amount as amount_none,
        amounts.amount_forever,
        amounts.amount_all,
        slices.is_in_trial,
        slices.is_paused,
        slices.follows_trial and slices.begins_term as follows_trial,
        slices.begins_term,
        slices.slice_from as month_from,
        slices.slice_to as month_to,
        case when slices.begins_term then slices.signed_month end as signed_month,
        slices.cancelled_month
    from slices
    inner join amounts
        on slices.billing_entity = amounts.billing_entity
        and slices.item_id = amounts.item_id
        and slices.valid_from = amounts.valid_from
        and slices.slice_from = amounts.slice_from
    union all
    select
        terms.billing_entity,
        terms.account_id,
        terms.subscription_id,
        terms.item_id,
        terms.product_id,
        terms.plan_id,
        terms.currency,
        terms.interval_unit,
        terms.interval_count,
        terms.quantity,
        terms.period_amount as amount_none,
        terms.period_amount as amount_forever,
        terms.period_amount as amount_all,
        1 = 0 as is_in_trial,
        1 = 0 as is_paused,
        terms.follows_trial,
        1 = 1 as begins_term,
        terms.month_from,
        terms.month_to,
        terms.signed_month,
        terms.cancelled_month
    from terms
    left join sliced_terms
        on terms.billing_entity = sliced_terms.billing_entity
        and terms.item_id = sliced_terms.item_id
        and terms.valid_from = sliced_terms.valid_from
    where sliced_terms.item_id is null
)

select * from final
