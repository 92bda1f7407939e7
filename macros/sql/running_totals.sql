{#-
    From changes to balances: the running sum of each measure per key, for every month from the first change to
    the as-of month. `changes` is a relation or CTE with the keys, month and the measures' changes.

    Gives the select of: keys, month, measures as decimals with four places.
-#}
{% macro running_totals(changes, keys, measures) -%}
    select
        {{ prefixed('series', keys) | join(', ') }},
        months.month,
        {%- for measure in measures %}
        cast(sum(coalesce(changes.{{ measure }}, 0)) over (
            partition by {{ prefixed('series', keys) | join(', ') }} order by months.month rows unbounded preceding
        ) as {{ type_of('money') }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select {{ keys | join(', ') }}, min(month) as first_month
        from {{ changes }}
        group by {{ keys | join(', ') }}
    ) as series
    inner join {{ ref('int_calendar__months') }} as months
        on series.first_month <= months.month
    left join {{ changes }} as changes
        on {{ same('series', 'changes', keys) }}
        and months.month = changes.month
{%- endmacro %}


{#- A cohort's months in their order. -#}
{% macro cohort_window() -%}
    partition by running.policy, running.dimension, running.dimension_value, running.cohort_month order by running.month
{%- endmacro %}
