{#- The end of a billing period that begins at an instant. -#}
{% macro end_of_interval(start, interval_unit, interval_count) -%}
    case
        when {{ interval_unit }} in ('day', 'week')
            then {{ instant_after('day', "case " ~ interval_unit ~ " when 'week' then 7 else 1 end * " ~ interval_count, start) }}
        else {{ instant_after('month', months_in_interval(interval_unit, interval_count), start) }}
    end
{%- endmacro %}


{#- An instant so many days, months, ... later; on BigQuery dateadd gives another type, which isn't compared with instants. -#}
{% macro instant_after(unit, count, instant) -%}
    cast({{ dbt.dateadd(unit, count, instant) | trim }} as {{ type_of('timestamp') }})
{%- endmacro %}


{#- The first month that begins at an instant or later. -#}
{% macro month_beginning_in(expression) -%}
    case
        when {{ expression }} = {{ dbt.date_trunc('month', expression) }} then {{ month_of(expression) }}
        else {{ add_months(month_of(expression), 1) }}
    end
{%- endmacro %}
