{#- A table that already meets the contract: nothing to rename, every column read as its type. -#}
{% macro stage_native(table) -%}
    {{- config(enabled='native' in systems_in_use(table)) -}}
    {%- set columns = [] -%}
    {%- for column in contract_columns(table) -%}
        {%- if column.name == 'source_system' -%}
            {%- do column.update({'value': "coalesce(" ~ read_as('text', column.name) ~ ", 'native')"}) -%}
        {%- elif column.name in ('currency', 'from_currency', 'to_currency') -%}
            {%- do column.update({'value': 'upper(' ~ read_as('text', column.name) ~ ')'}) -%}
        {%- endif -%}
        {%- do columns.append(column) -%}
    {%- endfor -%}
{{ read_columns(native_table(table), columns) }}
{%- endmacro %}


{#- The demo's seed, or the table that the company has loaded. -#}
{% macro native_table(table) -%}
    {%- if var('native_data') == 'demo' -%}
        {{ return(ref('cs_metrics', table)) }}
    {%- else -%}
        {{ return(source('native', table)) }}
    {%- endif -%}
{%- endmacro %}
