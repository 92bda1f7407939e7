with intervals as (
    select * from {{ ref('int_metrics__account_intervals') }}
),

periods as (
    select * from {{ ref('int_segments__periods') }}
    where is_first_currency
),

cut as (
    select
        intervals.policy,
        {{ prefixed('periods', dimensions()) | join(',\n        ') }},
        intervals.measure,
        intervals.currency as value_currency,
        intervals.value,
        greatest(intervals.month_from, periods.month_from) as month_from,
        least(intervals.month_to, periods.month_to) as month_to
    from intervals
    inner join periods
        on {{ same_account('intervals', 'periods') }}
        and intervals.month_from < periods.month_to
        and intervals.month_to > periods.month_from
),

edges as (
    select cut.*, month_from as month, value as change
    from cut
    union all
    select cut.*, month_to as month, -value as change
    from cut
),

changes as (
    select
        edges.policy,
        edges.month,
        edges.measure,
        edges.value_currency,
        {{ dimension_columns('edges') }},
        sum(edges.change) as value
    from edges
    where edges.month <= {{ as_of_month() }}
    {{ group_by_dimensions('edges', ['edges.policy', 'edges.month', 'edges.measure', 'edges.value_currency']) }}
),

running as (
    {{ running_totals('changes', ['policy', 'measure', 'value_currency', 'dimension', 'dimension_value'], ['value']) }}
),

final as (
    select
        running.policy,
        running.month,
        running.dimension,
        running.dimension_value,
        sum(case when running.measure = 'users' then running.value else 0 end) as users,
        sum(case when running.measure = 'opening_users' then running.value else 0 end) as opening_users,
        sum(case when running.measure = 'short_stays' then running.value else 0 end) as joined_and_left_accounts,
        sum(case when running.measure = 'licensed_seats' then running.value else 0 end) as licensed_seats,
        sum(
            case
                when running.measure = 'pending_mrr' then {{ in_reporting_currency('running.value', 'rates.rate') }}
                else 0
            end
        ) as pending_mrr
    from running
    left join {{ ref('contract_month_rates') }} as rates
        on running.value_currency = rates.currency
        and running.month = rates.month
    group by running.policy, running.month, running.dimension, running.dimension_value
)

select * from final
