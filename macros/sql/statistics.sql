{#-
    After a table is built: the statistics that the engine's planner needs of it, where it doesn't keep them by itself.
    Postgres does so in the background only, and takes an hour over a join of tables that it knows nothing of.
-#}
{% macro update_statistics() -%}
    {%- if model.resource_type == 'seed' or model.config.materialized != 'view' -%}
        {{ adapter.dispatch('update_statistics', 'cs_metrics')() }}
    {%- endif -%}
{%- endmacro %}

{% macro default__update_statistics() -%}
{%- endmacro %}

{% macro postgres__update_statistics() -%}
    analyze {{ this }}
{%- endmacro %}

{#- Redshift runs analyze by itself. -#}
{% macro redshift__update_statistics() -%}
{%- endmacro %}
