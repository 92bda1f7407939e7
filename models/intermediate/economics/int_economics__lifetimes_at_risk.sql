with lifetimes as (
    select * from {{ ref('int_economics__lifetimes') }}
),

periods as (
    select * from {{ ref('int_segments__periods') }}
    where is_paying and is_first_currency
),

-- Who opens a month with MRR may be lost in it.
at_risk as (
    select
        {{ prefixed('periods', ['policy'] + dimensions()) | join(',\n        ') }},
        lifetimes.start_month,
        periods.month_from,
        periods.month_to,
        case when periods.movement_type = 'churn' then 1 else 0 end as losses
    from lifetimes
    inner join periods
        on {{ same_account('lifetimes', 'periods') }}
        and lifetimes.start_month < periods.month_from
        and coalesce(lifetimes.lost_month, {{ end_of_time() }}) >= periods.month_from
),

-- A loss is counted in the period's last month, and is over in the next.
edges as (
    select at_risk.*, month_from as month, 1 as at_risk_change, 0 as losses_change
    from at_risk
    union all
    select at_risk.*, {{ add_months('month_to', -1) }} as month, 0 as at_risk_change, losses as losses_change
    from at_risk
    where losses = 1
    union all
    select at_risk.*, month_to as month, -1 as at_risk_change, -losses as losses_change
    from at_risk
),

changes as (
    select
        edges.policy,
        edges.start_month,
        edges.month,
        {{ dimension_columns('edges') }},
        sum(edges.at_risk_change) as at_risk,
        sum(edges.losses_change) as losses
    from edges
    where edges.month <= {{ as_of_month() }}
    {{ group_by_dimensions('edges', ['edges.policy', 'edges.start_month', 'edges.month']) }}
),

running as (
    {{ running_totals('changes', ['policy', 'start_month', 'dimension', 'dimension_value'], ['at_risk', 'losses']) }}
),

final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        start_month,
        {{ month_number('month') }} - {{ month_number('start_month') }} as age,
        at_risk,
        losses
    from running
    where at_risk > 0
)

select * from final
