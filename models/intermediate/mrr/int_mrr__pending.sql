{{ built_by_account() }}

with items as (
    select * from {{ ref('int_mrr__item_mrr') }} as item_mrr
    where month_from < month_to
        and {{ is_changed('item_mrr') }}
),

-- Signed but not yet live, nor cancelled before it is. What begins with a trial isn't committed (decision 14).
signed as (
    select
        policy,
        billing_entity,
        account_id,
        currency,
        'signed' as kind,
        mrr,
        signed_month as month_from,
        least(month_from, cancelled_month) as month_to
    from items
    where signed_month < month_from
        and not follows_trial
),

-- Asked to cancel, still in service.
cancelling as (
    select
        policy,
        billing_entity,
        account_id,
        currency,
        'cancelling' as kind,
        -mrr as mrr,
        greatest(cancelled_month, month_from) as month_from,
        month_to
    from items
    where cancelled_month < month_to
),

-- What a trial's end would bring isn't committed, nor what would follow it.
unconverted as (
    select distinct policy, billing_entity, item_id
    from items
    where follows_trial and month_from > {{ as_of_month() }}
),

known_items as (
    select items.*
    from items
    left join unconverted
        on items.policy = unconverted.policy
        and items.billing_entity = unconverted.billing_entity
        and items.item_id = unconverted.item_id
    where unconverted.item_id is null
        and items.cancelled_month > {{ as_of_month() }}
),

-- A change that is known on the as-of date without a date on which it became so: known from this month on. Of several
-- that follow one another the last one stays.
scheduled as (
    select
        policy,
        billing_entity,
        account_id,
        currency,
        'starting' as kind,
        mrr,
        {{ as_of_month() }} as month_from,
        {{ month_after_as_of() }} as month_to
    from known_items
    where month_from > {{ as_of_month() }}
        and (signed_month is null or signed_month > {{ as_of_month() }})
    union all
    select
        policy,
        billing_entity,
        account_id,
        currency,
        'ending' as kind,
        -mrr as mrr,
        {{ as_of_month() }} as month_from,
        {{ month_after_as_of() }} as month_to
    from known_items
    where month_to > {{ as_of_month() }}
        and month_to < {{ end_of_time() }}
),

final as (
    select * from signed
    union all
    select * from cancelling
    union all
    select * from scheduled
)

select * from final
where month_from < month_to
    and month_from <= {{ as_of_month() }}
