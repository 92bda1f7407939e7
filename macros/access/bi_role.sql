{#-
    What the role of the BI tool may do (variable bi_role): read the public marts, without the columns that are marked
    as personal (is_personal in the meta of a mart's column), and nothing else. Columns that aren't documented, such as
    account_extra_columns, are not granted either.

    A mart's own hook, so that the grant comes in the transaction that puts the new table in the place of the old one.
-#}
{% macro grant_mart() -%}
    {%- if var('bi_role') -%}
        {%- set readable = [] -%}
        {%- for column in model.columns.values() if not column.config.meta.get('is_personal', false) -%}
            {%- do readable.append(adapter.quote(column.name)) -%}
        {%- endfor -%}
        {%- set is_all = readable | length == model.columns | length and model.config.contract.enforced -%}
        {{ adapter.dispatch('grant_mart', 'cs_metrics')(this, none if is_all else readable) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__grant_mart(relation, columns) -%}
{%- endmacro %}

{% macro postgres__grant_mart(relation, columns) -%}
    grant select {{ '(' ~ columns | join(', ') ~ ')' if columns is not none }} on {{ relation }} to {{ adapter.quote(var('bi_role')) }}
{%- endmacro %}


{#- At the end of a run, once: the schemas of the marts may be used. -#}
{% macro grant_mart_schemas() -%}
    {%- if var('bi_role') and execute -%}
        {%- set schemas = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.package_name == 'cs_metrics' and node.config.access == 'public' -%}
            {%- do schemas.append(node.schema) -%}
        {%- endfor -%}
        {{ adapter.dispatch('grant_mart_schemas', 'cs_metrics')(schemas | unique | list) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__grant_mart_schemas(schemas) -%}
{%- endmacro %}

{% macro postgres__grant_mart_schemas(schemas) -%}
    grant usage on schema {% for schema in schemas %}{{ adapter.quote(schema) }}{{ ', ' if not loop.last }}{% endfor %} to {{ adapter.quote(var('bi_role')) }}
{%- endmacro %}
