{#- One row a day, week, month ..., from start_date on, up to end_date (exclusive), as column date_<datepart>. -#}
{% macro date_spine(datepart, start_date, end_date) -%}
with recursive spine as (
    select cast({{ start_date }} as {{ dbt.type_timestamp() }}) as date_{{ datepart }}
    union all
    select {{ dbt.dateadd(datepart, 1, 'date_' ~ datepart) }}
    from spine
    where {{ dbt.dateadd(datepart, 1, 'date_' ~ datepart) }} < {{ end_date }}
)

select date_{{ datepart }}
from spine
{%- endmacro %}
