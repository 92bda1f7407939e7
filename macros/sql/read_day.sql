{#-
    A day; NULL where it can't be read. One with a time is the day of that instant in the reporting time zone, be it that
    the time states its offset or that it is the source's. Midnight without an offset is how tools write a day.
-#}
{% macro default__read_day(expression) -%}
    {%- set written = 'cast(' ~ expression ~ ' as ' ~ type_of('text') ~ ')' -%}
    case
        when {{ written }} like '%:%' and not {{ is_at_midnight(written) }}
            then cast({{ local_time(read_as('timestamp', expression)) }} as date)
        else {{ adapter.dispatch('read_as', 'cs_metrics')('date', expression) }}
    end
{%- endmacro %}

{#- A cast takes what begins like a day for one ('2024-01-05T10', '2024-01-05 or so'). -#}
{% macro duckdb__read_day(expression) -%}
    {%- set written = 'cast(' ~ expression ~ ' as varchar)' -%}
    case
        when typeof({{ expression }}) = 'DATE' or {{ written }} like '____-__-__' or {{ is_at_midnight(written) }}
            then try_cast({{ expression }} as date)
        when {{ written }} like '%:%' then cast({{ local_time(read_as('timestamp', expression)) }} as date)
        when regexp_full_match({{ written }}, '[\s\x0b]*[0-9]{4}[-/ ][0-9]{1,2}[-/ ][0-9]{1,2}[\s\x0b]*') then try_cast({{ expression }} as date)
    end
{%- endmacro %}


{#- Whether a text ends in midnight and states no offset from UTC. -#}
{% macro is_at_midnight(written) -%}
    (
    {%- for midnight in [' 00:00:00', 'T00:00:00', ' 00:00', 'T00:00', ' 00:00:00.000', 'T00:00:00.000', ' 00:00:00.000000'] -%}
    {{ written }} like '%{{ midnight }}'{{ ' or ' if not loop.last }}
    {%- endfor -%}
    )
{%- endmacro %}
