with discounts as (
    select * from {{ ref('contract_discounts') }}
    where valid_from < {{ as_of_cutoff() }}
),

items as (
    select
        billing_entity,
        subscription_id,
        item_id,
        currency,
        max(interval_unit) as interval_unit,
        max(interval_count) as interval_count
    from {{ ref('int_mrr__item_terms') }}
    group by billing_entity, subscription_id, item_id, currency
),

-- A discount on a subscription is on each of its items.
discounted_items as (
    select items.*, discounts.discount_id
    from items
    inner join discounts
        on items.billing_entity = discounts.billing_entity
        and items.item_id = discounts.item_id
    union all
    select items.*, discounts.discount_id
    from items
    inner join discounts
        on items.billing_entity = discounts.billing_entity
        and items.subscription_id = discounts.subscription_id
),

-- An amount is off items in its own currency only. One that applies once lasts for one billing period.
item_discounts as (
    select
        items.billing_entity,
        items.subscription_id,
        items.item_id,
        discounts.discount_id,
        coalesce(discounts.duration = 'forever', false) as is_forever,
        coalesce(discounts.percent_off, 0) as percent_off,
        coalesce(discounts.amount_off, 0) as amount_off,
        discounts.item_id is null as is_shared,
        discounts.valid_from,
        case
            when discounts.valid_to is null and discounts.duration = 'once'
                then {{ end_of_interval('discounts.valid_from', 'items.interval_unit', 'items.interval_count') }}
            else discounts.valid_to
        end as valid_to
    from discounted_items as items
    inner join discounts
        on items.billing_entity = discounts.billing_entity
        and items.discount_id = discounts.discount_id
    where discounts.amount_off is null or discounts.currency = items.currency
),

final as (
    select
        billing_entity,
        subscription_id,
        item_id,
        discount_id,
        is_forever,
        percent_off,
        amount_off,
        is_shared,
        {{ month_of('valid_from') }} as month_from,
        case
            when valid_to is null then {{ end_of_time() }}
            when valid_to >= {{ as_of_cutoff() }} then greatest({{ month_of('valid_to') }}, {{ month_after_as_of() }})
            else {{ month_of('valid_to') }}
        end as month_to
    from item_discounts
)

select * from final
where month_from < month_to
