{#- One row a day, week, month ..., from start_date on, up to end_date (exclusive), as column date_<datepart>: 10,000 at
    most. Without a recursive query, which not every engine takes inside of another. -#}
{% macro date_spine(datepart, start_date, end_date) -%}
with digits as (
    {%- for digit in range(10) %}
    select {{ digit }} as digit {{- ' union all' if not loop.last }}
    {%- endfor %}
),

numbers as (
    select ones.digit + 10 * tens.digit + 100 * hundreds.digit + 1000 * thousands.digit as number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds
    cross join digits as thousands
),

spine as (
    select cast({{ dbt.dateadd(datepart, 'number', start_date) }} as {{ dbt.type_timestamp() }}) as date_{{ datepart }}
    from numbers
)

select date_{{ datepart }}
from spine
where date_{{ datepart }} < cast({{ end_date }} as {{ dbt.type_timestamp() }})
{%- endmacro %}
