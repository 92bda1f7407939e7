{#-
    Goes before the bracket of a CTE that is read several times: that it is worked out each time rather than kept. DuckDB
    keeps it in memory otherwise, all columns of all rows, which for a company's billed lines is more than there is.
-#}
{% macro read_again() -%}
    {{ adapter.dispatch('read_again', 'cs_metrics')() }}
{%- endmacro %}

{% macro default__read_again() -%}
{%- endmacro %}

{% macro duckdb__read_again() -%}
    {{ 'not materialized ' }}
{%- endmacro %}
