{{ config(materialized="view") }}

with terms as (
    select * from {{ ref('int_mrr__item_terms') }}
),

slices as (
    select * from {{ ref('int_mrr__term_slices') }}
),

amounts as (
    select * from {{ ref('int_mrr__discounted_slices') }}
),

sliced_terms as (
    select distinct billing_entity, item_id, valid_from from slices
),

all_slices as (
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
        slices.follows_trial,
        slices.month_from as term_from,
        slices.slice_from as month_from,
        slices.slice_to as month_to,
        slices.signed_month,
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
        terms.month_from as term_from,
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
),

-- A term is signed at the price that it begins with. Of one that begins after the as-of date only what stays is known to come:
-- the price at the end of time, if it has one.
final as (
    select
        billing_entity,
        account_id,
        subscription_id,
        item_id,
        product_id,
        plan_id,
        currency,
        interval_unit,
        interval_count,
        quantity,
        amount_none,
        amount_forever,
        amount_all,
        is_in_trial,
        is_paused,
        follows_trial and month_from = term_from as follows_trial,
        month_from = term_from as begins_term,
        month_from,
        month_to,
        case
            when term_from <= {{ as_of_month() }} and month_from = term_from then signed_month
            when term_from > {{ as_of_month() }} and month_to = {{ end_of_time() }} and not follows_trial
                then signed_month
        end as signed_month,
        cancelled_month
    from all_slices
)

select * from final
