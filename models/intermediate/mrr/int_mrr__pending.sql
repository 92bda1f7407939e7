with items as (
    select * from {{ ref('int_mrr__item_mrr') }}
    where month_from < month_to
),

-- Signed but not yet live, nor cancelled before it is.
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

-- A change that is known on the as-of date without a date on which it became so: known from this month on.
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
    from items
    where month_from > {{ as_of_month() }}
        and not follows_trial
        and cancelled_month > {{ as_of_month() }}
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
    from items
    where month_from <= {{ as_of_month() }}
        and month_to > {{ as_of_month() }}
        and month_to < {{ end_of_time() }}
        and cancelled_month > {{ as_of_month() }}
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
