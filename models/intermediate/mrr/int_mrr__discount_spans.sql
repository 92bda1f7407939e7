with discounts as (
    select * from {{ ref('contract_discounts') }}
),

terms as (
    select billing_entity, subscription_id, item_id, currency, valid_from, interval_unit, interval_count
    from {{ ref('int_mrr__item_terms') }}
),

-- A discount on a subscription is on each of its items.
discounted_terms as (
    select terms.*, discounts.discount_id, discounts.valid_from as discounted_from
    from terms
    inner join discounts
        on terms.billing_entity = discounts.billing_entity
        and terms.item_id = discounts.item_id
    union all
    select terms.*, discounts.discount_id, discounts.valid_from as discounted_from
    from terms
    inner join discounts
        on terms.billing_entity = discounts.billing_entity
        and terms.subscription_id = discounts.subscription_id
),

-- The terms that stand when the discount begins, or the first ones after that, say how long a billing period is.
ranked_terms as (
    select
        *,
        row_number() over (
            partition by billing_entity, item_id, currency, discount_id
            order by
                case when valid_from <= discounted_from then 0 else 1 end,
                case when valid_from <= discounted_from then valid_from end desc,
                valid_from
        ) as term_rank
    from discounted_terms
),

-- An amount is off items in its own currency only. One that applies once lasts for one billing period.
item_discounts as (
    select
        items.billing_entity,
        items.subscription_id,
        items.item_id,
        items.currency,
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
    from ranked_terms as items
    inner join discounts
        on items.billing_entity = discounts.billing_entity
        and items.discount_id = discounts.discount_id
    where items.term_rank = 1
        and (discounts.amount_off is null or discounts.currency = items.currency)
),

final as (
    select
        billing_entity,
        subscription_id,
        item_id,
        currency,
        discount_id,
        is_forever,
        percent_off,
        amount_off,
        is_shared,
        case
            when valid_from < {{ as_of_cutoff() }} then {{ month_of('valid_from') }}
            else greatest({{ month_of('valid_from') }}, {{ month_after_as_of() }})
        end as month_from,
        case
            when valid_to is null then {{ end_of_time() }}
            when valid_to >= {{ as_of_cutoff() }} then greatest({{ month_of('valid_to') }}, {{ month_after_as_of() }})
            else {{ month_of('valid_to') }}
        end as month_to
    from item_discounts
)

select * from final
where month_from < month_to
