with events as (
    select * from {{ ref('int_usage__events') }}
    where is_activity
),

final as (
    select
        billing_entity,
        account_id,
        user_id,
        usage_date,
        cast(sum(event_count) as {{ type_of('integer') }}) as event_count,
        cast(sum(minutes) as {{ type_of('figure') }}) as minutes,
        max(case when is_value_event then 1 else 0 end) = 1 as has_value_event
    from events
    group by billing_entity, account_id, user_id, usage_date
)

select * from final
