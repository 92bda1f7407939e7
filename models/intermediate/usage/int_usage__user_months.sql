with user_days as (
    select * from {{ ref('int_usage__user_days') }}
),

final as (
    select
        billing_entity,
        account_id,
        user_id,
        {{ month_of('usage_date') }} as month,
        count(*) as active_days,
        cast(sum(event_count) as {{ type_of('integer') }}) as event_count,
        cast(sum(minutes) as {{ type_of('figure') }}) as minutes,
        max(usage_date) as last_active_on,
        min(case when has_value_event then usage_date end) as first_value_on
    from user_days
    group by billing_entity, account_id, user_id, {{ month_of('usage_date') }}
)

select * from final
