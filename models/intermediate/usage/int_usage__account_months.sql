with user_months as (
    select * from {{ ref('int_usage__user_months') }}
),

months as (
    select * from {{ ref('int_calendar__months') }}
),

-- The last 30 days of a month reach back to the month before it; those of one that has just begun after February, to
-- the one before that.
closings as (
    {%- for back in [0, 1, 2] %}
    select {{ add_months('month', -back) }} as active_month, month, closes_on from months
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

recent_users as (
    select
        user_months.billing_entity,
        user_months.account_id,
        user_months.user_id,
        closings.month,
        max(
            case when user_months.last_active_on >= {{ add_days('closings.closes_on', -7) }} then 1 else 0 end
        ) as weekly_users
    from user_months
    inner join closings
        on user_months.month = closings.active_month
        and user_months.last_active_on >= {{ add_days('closings.closes_on', -30) }}
    group by user_months.billing_entity, user_months.account_id, user_months.user_id, closings.month
),

parts as (
    select
        billing_entity,
        account_id,
        month,
        1 as active_users,
        active_days as user_days,
        event_count,
        minutes,
        case when minutes is not null then 1 else 0 end as timed_users,
        first_value_on,
        0 as weekly_users,
        0 as monthly_users
    from user_months
    union all
    select
        billing_entity,
        account_id,
        month,
        0 as active_users,
        0 as user_days,
        0 as event_count,
        cast(null as {{ type_of('figure') }}) as minutes,
        0 as timed_users,
        cast(null as date) as first_value_on,
        weekly_users,
        1 as monthly_users
    from recent_users
),

final as (
    select
        billing_entity,
        account_id,
        month,
        cast(sum(active_users) as {{ type_of('integer') }}) as active_users,
        cast(sum(user_days) as {{ type_of('integer') }}) as user_days,
        cast(sum(event_count) as {{ type_of('integer') }}) as event_count,
        cast(sum(minutes) as {{ type_of('figure') }}) as minutes,
        cast(sum(timed_users) as {{ type_of('integer') }}) as timed_users,
        min(first_value_on) as first_value_on,
        cast(sum(weekly_users) as {{ type_of('integer') }}) as weekly_users,
        cast(sum(monthly_users) as {{ type_of('integer') }}) as monthly_users
    from parts
    group by billing_entity, account_id, month
)

select * from final
