-- The days of daily_active_users and the months of monthly_metrics are worked out in two ways and agree: the days' users
-- add up to the month's user-days, and a month's weekly and monthly users are those of its last day.
with months as (
    select * from {{ ref('int_calendar__months') }}
),

daily as (
    select
        months.month,
        daily.dimension,
        daily.dimension_value,
        sum(daily.dau) as user_days,
        max(case when daily.day = {{ add_days('months.closes_on', -1) }} then daily.wau end) as weekly_users,
        max(case when daily.day = {{ add_days('months.closes_on', -1) }} then daily.mau end) as monthly_users
    from {{ ref('daily_active_users') }} as daily
    inner join months
        on {{ month_of('daily.day') }} = months.month
    group by months.month, daily.dimension, daily.dimension_value
),

usage as (
    select * from {{ ref('int_usage__monthly') }}
    where dimension in ('all', 'billing_entity')
)

select
    daily.month,
    daily.dimension,
    daily.dimension_value
from daily
cross join {{ ref('int_policies') }} as policies
left join usage
    on policies.policy = usage.policy
    and daily.month = usage.month
    and daily.dimension = usage.dimension
    and daily.dimension_value = usage.dimension_value
where coalesce(usage.user_days, 0) <> daily.user_days
    or coalesce(usage.weekly_users, 0) <> daily.weekly_users
    or coalesce(usage.monthly_users, 0) <> daily.monthly_users
