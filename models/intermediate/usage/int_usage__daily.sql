{%- set windows = {'dau': 1, 'wau': 7, 'mau': 30} -%}
with user_days as (
    select
        billing_entity,
        usage_date,
        lead(usage_date) over (partition by billing_entity, account_id, user_id order by usage_date) as next_usage_date
    from {{ ref('int_usage__user_days') }}
),

-- An active day opens a window of so many days, which the user's next active day cuts off: so windows never overlap.
gaps as (
    select
        billing_entity,
        usage_date,
        least(coalesce({{ days_between('usage_date', 'next_usage_date') }}, 30), 30) as days,
        count(*) as users
    from user_days
    group by billing_entity, usage_date, least(coalesce({{ days_between('usage_date', 'next_usage_date') }}, 30), 30)
),

edges as (
    select billing_entity, usage_date as day, users as dau, users as wau, users as mau
    from gaps
    {%- for window, length in windows.items() %}
    union all
    select
        billing_entity,
        {{ add_days('usage_date', 'least(days, ' ~ length ~ ')') }} as day,
        {%- for other in windows %}
        {{ '-users' if other == window else '0' }} as {{ other }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from gaps
    {%- endfor %}
),

changes as (
    select 'billing_entity' as dimension, billing_entity as dimension_value, day, dau, wau, mau
    from edges
    union all
    select 'all' as dimension, 'all' as dimension_value, day, dau, wau, mau
    from edges
),

daily_changes as (
    select
        dimension,
        dimension_value,
        day,
        {%- for window in windows %}
        sum({{ window }}) as {{ window }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from changes
    group by dimension, dimension_value, day
),

firsts as (
    select dimension, dimension_value, min(day) as first_day
    from daily_changes
    group by dimension, dimension_value
),

final as (
    select
        firsts.dimension,
        firsts.dimension_value,
        days.day,
        {%- for window in windows %}
        cast(sum(coalesce(daily_changes.{{ window }}, 0)) over (
            partition by firsts.dimension, firsts.dimension_value order by days.day rows unbounded preceding
        ) as {{ type_of('integer') }}) as {{ window }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from firsts
    inner join {{ ref('int_calendar__days') }} as days
        on firsts.first_day <= days.day
    left join daily_changes
        on firsts.dimension = daily_changes.dimension
        and firsts.dimension_value = daily_changes.dimension_value
        and days.day = daily_changes.day
)

select * from final
