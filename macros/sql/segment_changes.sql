{#-
    From accounts' intervals to changes by segment: an interval is cut where its account's segment changes, adds its
    value to the month it begins in and takes it away in the month it ends in. `running_totals` makes them balances.

    `intervals` is a relation or CTE with policy, billing_entity, account_id, measure, currency, month_from, month_to and
    value. Gives the select of: policy, month, measure, value_currency, dimension, dimension_value, value.
-#}
{% macro segment_changes(intervals) -%}
    select
        edges.policy,
        edges.month,
        edges.measure,
        edges.value_currency,
        {{ dimension_columns('edges') }},
        sum(edges.change) as value
    from (
        select
            intervals.policy,
            {{ prefixed('periods', dimensions()) | join(',\n            ') }},
            intervals.measure,
            intervals.currency as value_currency,
            case ends.is_start
                when 1 then greatest(intervals.month_from, periods.month_from)
                else least(intervals.month_to, periods.month_to)
            end as month,
            case ends.is_start when 1 then intervals.value else -intervals.value end as change
        from {{ intervals }} as intervals
        inner join {{ ref('int_segments__periods') }} as periods
            on {{ same_account('intervals', 'periods') }}
            and intervals.month_from < periods.month_to
            and intervals.month_to > periods.month_from
        cross join (select 1 as is_start union all select 0 as is_start) as ends
        where periods.is_first_currency
    ) as edges
    where edges.month <= {{ as_of_month() }}
    {{ group_by_dimensions('edges', ['edges.policy', 'edges.month', 'edges.measure', 'edges.value_currency']) }}
{%- endmacro %}
