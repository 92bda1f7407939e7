{#-
    How a mart is kept that shows what another table stores: as a view, which costs nothing. As a table of its own where a
    table that is built anew takes its views with it until they're made again: who reads the mart would find none.
-#}
{% macro mart_view() -%}
    {{ return(adapter.dispatch('mart_view', 'cs_metrics')()) }}
{%- endmacro %}

{% macro default__mart_view() -%}
    {{ return('view') }}
{%- endmacro %}

{#- Redshift does as Postgres does. -#}
{% macro postgres__mart_view() -%}
    {{ return('table') }}
{%- endmacro %}
