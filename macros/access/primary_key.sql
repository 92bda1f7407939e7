{#-
    A mart's key as a constraint, on Postgres, where BI tools look for it: the columns that its test says identify a row, if
    each of them is NOT NULL by the contract. Not as dbt's own constraint: DuckLake refuses those, and on DuckDB the
    published file is a copy, so that an index over the working table would only cost.
-#}
{% macro declare_key() -%}
    {{ adapter.dispatch('declare_key', 'cs_metrics')(this) }}
{%- endmacro %}

{% macro default__declare_key(relation) -%}
{%- endmacro %}

{% macro postgres__declare_key(relation) -%}
    {%- if execute and model.config.contract.enforced and model.config.materialized != 'view' -%}
        {%- set columns = key_of(model.unique_id) | select('in', columns_not_null(model)) | list -%}
        {%- set has_key = run_query("select 1 from pg_constraint where contype = 'p' and conrelid = '" ~ relation ~ "'::regclass").rows | length > 0 -%}
        {%- if columns and columns | length == key_of(model.unique_id) | length and not has_key -%}
    alter table {{ relation }} add primary key ({{ columns | join(', ') }})
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- The columns that identify a row of a model, by the test that holds them to it. -#}
{% macro key_of(unique_id) -%}
    {%- set keys = [] -%}
    {%- for test in graph.nodes.values() if test.resource_type == 'test' and test.attached_node == unique_id and test.test_metadata -%}
        {%- if test.test_metadata.name == 'unique_combination_of_columns' -%}
            {%- do keys.append(test.test_metadata.kwargs.combination_of_columns) -%}
        {%- elif test.test_metadata.name == 'unique' -%}
            {%- do keys.append([test.test_metadata.kwargs.column_name]) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(keys | first if keys else []) }}
{%- endmacro %}


{% macro columns_not_null(node) -%}
    {%- set names = [] -%}
    {%- for column in node.columns.values() if column.constraints | map(attribute='type') | map('string') | select('in', ['not_null', 'ConstraintType.not_null']) | list -%}
        {%- do names.append(column.name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
