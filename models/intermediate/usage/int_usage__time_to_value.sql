with starts as (
    select * from {{ ref('int_usage__value_starts') }}
),

months as (
    select * from {{ ref('int_calendar__months') }}
),

-- A month looks at those who started in the twelve months up to it, for as long as they can have been watched by its end.
watched as (
    select
        starts.policy,
        months.month,
        {{ prefixed('starts', dimensions()) | join(',\n        ') }},
        coalesce(starts.first_value_on < months.closes_on, 1 = 0) as is_event,
        greatest({{ days_between(
            'starts.started_on',
            "case when starts.first_value_on < months.closes_on then starts.first_value_on else " ~ add_days('months.closes_on', -1) ~ " end"
        ) }}, 0) as age
    from starts
    inner join months
        on starts.started_month <= months.month
        and starts.started_month > {{ add_months('months.month', -12) }}
),

ages as (
    select
        watched.policy,
        watched.month,
        {{ dimension_columns('watched') }},
        watched.age,
        watched.is_event,
        count(*) as weight
    from watched
    {{ group_by_dimensions('watched', ['watched.policy', 'watched.month', 'watched.age', 'watched.is_event']) }}
),

curves as (
    {{ kaplan_meier('ages', ['policy', 'month', 'dimension', 'dimension_value'], 366) }}
),

final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        max(at_risk) as started_accounts,
        cast(sum(events) as {{ type_of('integer') }}) as reached_accounts,
        min(case when survival <= 0.5 then age end) as median_days_to_value
    from curves
    group by policy, month, dimension, dimension_value
)

select * from final
