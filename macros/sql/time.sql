{#- Nothing reads the clock but this: the as-of date is a variable; a build without one takes the day it runs. -#}
{% macro as_of_date() -%}
    {%- if var('as_of_date') -%}
        {{ return(var('as_of_date') | string) }}
    {%- elif var('native_data') == 'demo' -%}
        {{ return('2026-09-10') }}
    {%- else -%}
        {{ return(run_started_at.strftime('%Y-%m-%d')) }}
    {%- endif -%}
{%- endmacro %}


{#- The first instant after the as-of date, in the reporting time zone: what is before it is known. -#}
{% macro as_of_cutoff() -%}
    {%- set day = modules.datetime.date.fromisoformat(as_of_date()) + modules.datetime.timedelta(days=1) -%}
    cast('{{ day.isoformat() }}' as timestamp)
{%- endmacro %}


{#- The month that the as-of date is in. -#}
{% macro as_of_month() -%}
    cast('{{ as_of_date()[:7] }}-01' as date)
{%- endmacro %}


{#- The month of an instant or day, as the date of its first day. -#}
{% macro month_of(expression) -%}
    cast({{ dbt.date_trunc('month', expression) }} as date)
{%- endmacro %}


{% macro add_months(expression, count) -%}
    cast({{ dbt.dateadd('month', count, expression) }} as date)
{%- endmacro %}


{#- A day so many days after another. -#}
{% macro add_days(expression, count) -%}
    cast({{ dbt.dateadd('day', count, expression) }} as date)
{%- endmacro %}


{#- Later than any month. -#}
{% macro end_of_time() -%}
    cast('3000-01-01' as date)
{%- endmacro %}


{#- The month of an instant that has come by the as-of date; the end of time for one that hasn't, or that isn't known. -#}
{% macro month_reached(expression) -%}
    case when {{ expression }} < {{ as_of_cutoff() }} then {{ month_of(expression) }} else {{ end_of_time() }} end
{%- endmacro %}


{#- An instant of the source as wall-clock time in the reporting time zone. -#}
{% macro local_time(expression) -%}
    {%- if var('source_time_zone') == var('reporting_time_zone') -%}
        {{ expression }}
    {%- else -%}
        {{ adapter.dispatch('local_time', 'cs_metrics')(
            expression, as_text_literal(var('source_time_zone')), as_text_literal(var('reporting_time_zone'))
        ) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__local_time(expression, source_zone, reporting_zone) -%}
    cast(({{ expression }} at time zone {{ source_zone }}) at time zone {{ reporting_zone }} as timestamp)
{%- endmacro %}

{% macro snowflake__local_time(expression, source_zone, reporting_zone) -%}
    convert_timezone({{ source_zone }}, {{ reporting_zone }}, {{ expression }})
{%- endmacro %}

{% macro redshift__local_time(expression, source_zone, reporting_zone) -%}
    convert_timezone({{ source_zone }}, {{ reporting_zone }}, {{ expression }})
{%- endmacro %}

{% macro spark__local_time(expression, source_zone, reporting_zone) -%}
    from_utc_timestamp(to_utc_timestamp({{ expression }}, {{ source_zone }}), {{ reporting_zone }})
{%- endmacro %}

{#- A wall-clock time is kept as the timestamp that has it in UTC. -#}
{% macro bigquery__local_time(expression, source_zone, reporting_zone) -%}
    timestamp(datetime(timestamp(datetime({{ expression }}), {{ source_zone }}), {{ reporting_zone }}))
{%- endmacro %}


{#- Months counted from year 0, so that the distance of two months is a subtraction. -#}
{% macro month_number(expression) -%}
    (extract(year from {{ expression }}) * 12 + extract(month from {{ expression }}))
{%- endmacro %}


{#- The days from one day to another. -#}
{% macro days_between(start, end) -%}
    {{ dbt.datediff(start, end, 'day') | trim }}
{%- endmacro %}


{#- No business date before this day is taken for true: no contract in a billing system is older. -#}
{% macro first_day() -%}
    {{ return('1950-01-01') }}
{%- endmacro %}


{#-
    An instant or day that can't be true: before first_day, a century after the as-of date, or where the clock of computers
    begins, in any time zone: that is a 0 and no date.
-#}
{% macro is_absurd(expression, kind='timestamp') -%}
    ({{ expression }} < cast('{{ first_day() }}' as {{ type_of(kind) }})
        or ({{ expression }} >= cast('1969-12-31' as {{ type_of(kind) }}) and {{ expression }} < cast('1970-01-02' as {{ type_of(kind) }}))
        or {{ expression }} >= cast('{{ as_of_date()[:4] | int + 100 }}-01-01' as {{ type_of(kind) }}))
{%- endmacro %}


{#- An end that stands for none: more than fifty years after the as-of date, as 9999-12-31 and 2999-12-31 are. -#}
{% macro is_no_end(expression, kind='timestamp') -%}
    {{ expression }} >= cast('{{ as_of_date()[:4] | int + 50 }}-{{ '03-01' if as_of_date()[5:] == '02-29' else as_of_date()[5:] }}' as {{ type_of(kind) }})
{%- endmacro %}


{#- A month's place, 1 to 12, in a fiscal year that begins with calendar month `start`. -#}
{% macro fiscal_month(month, start) -%}
    (case when extract(month from {{ month }}) >= {{ start }} then 1 else 13 end + extract(month from {{ month }}) - {{ start }})
{%- endmacro %}
