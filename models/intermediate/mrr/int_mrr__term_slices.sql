{{ built_by_account() }}

with terms as (
    select * from {{ ref('int_mrr__item_terms') }} as item_terms
    where month_from < month_to
        and {{ is_changed('item_terms') }}
),

breaks as (
    select * from {{ ref('int_mrr__service_breaks') }}
),

modifiers as (
    select billing_entity, subscription_id, month_from, month_to from breaks
    union all
    select billing_entity, subscription_id, month_from, month_to from {{ ref('int_mrr__discount_spans') }}
),

modified_subscriptions as (
    select distinct billing_entity, subscription_id from modifiers
),

modified_terms as (
    select terms.*
    from terms
    inner join modified_subscriptions
        on terms.billing_entity = modified_subscriptions.billing_entity
        and terms.subscription_id = modified_subscriptions.subscription_id
),

-- The months in which anything about a subscription changes.
boundaries as (
    select billing_entity, subscription_id, month_from as month from modifiers
    union distinct
    select billing_entity, subscription_id, month_to as month from modifiers
    union distinct
    select billing_entity, subscription_id, month_from as month from modified_terms
    union distinct
    select billing_entity, subscription_id, month_to as month from modified_terms
),

slices as (
    select
        terms.*,
        boundaries.month as slice_from,
        coalesce(
            lead(boundaries.month) over (
                partition by terms.billing_entity, terms.item_id, terms.valid_from order by boundaries.month
            ),
            terms.month_to
        ) as slice_to
    from modified_terms as terms
    inner join boundaries
        on terms.billing_entity = boundaries.billing_entity
        and terms.subscription_id = boundaries.subscription_id
        and terms.month_from <= boundaries.month
        and terms.month_to > boundaries.month
),

broken as (
    select
        slices.billing_entity,
        slices.subscription_id,
        slices.slice_from,
        max(case when breaks.kind = 'trial' then 1 else 0 end) as in_trial,
        max(case when breaks.kind = 'pause' then 1 else 0 end) as in_pause
    from slices
    inner join breaks
        on slices.billing_entity = breaks.billing_entity
        and slices.subscription_id = breaks.subscription_id
        and slices.slice_from >= breaks.month_from
        and slices.slice_from < breaks.month_to
    group by slices.billing_entity, slices.subscription_id, slices.slice_from
),

final as (
    select
        slices.billing_entity,
        slices.account_id,
        slices.subscription_id,
        slices.item_id,
        slices.valid_from,
        slices.product_id,
        slices.plan_id,
        slices.currency,
        slices.interval_unit,
        slices.interval_count,
        slices.quantity,
        slices.period_amount,
        slices.follows_trial,
        slices.month_from,
        slices.month_to,
        slices.signed_month,
        slices.cancelled_month,
        slices.slice_from,
        slices.slice_to,
        coalesce(broken.in_trial, 0) = 1 as is_in_trial,
        coalesce(broken.in_pause, 0) = 1 as is_paused
    from slices
    left join broken
        on slices.billing_entity = broken.billing_entity
        and slices.subscription_id = broken.subscription_id
        and slices.slice_from = broken.slice_from
)

select * from final
