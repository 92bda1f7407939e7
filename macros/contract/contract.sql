{#-
    The input contract as macros see it: models/staging/native/_native__sources.yml, read from dbt's graph.
    The graph is there when dbt compiles, not while it parses; what a model depends on is therefore always
    said in the model itself.
-#}

{% macro contract_table(table) -%}
    {{ return(graph.sources['source.cs_metrics.native.' ~ table]) }}
{%- endmacro %}


{#- The columns of a contract table, in order: [{name, kind, required}]. Extension columns of accounts come last. -#}
{% macro contract_columns(table) -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for column in contract_table(table).columns.values() -%}
            {%- do columns.append({
                'name': column.name,
                'kind': column.data_type,
                'required': column.config.meta.get('required', false),
            }) -%}
        {%- endfor -%}
        {%- if table == 'accounts' -%}
            {%- for name in var('account_extra_columns') -%}
                {%- do columns.append({'name': name, 'kind': 'text', 'required': false}) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endif -%}
    {{ return(columns) }}
{%- endmacro %}


{#- What identifies a row of a contract table: the billing entity, unless all entities share it, and the table's key. -#}
{% macro contract_key(table) -%}
    {%- set names = contract_columns(table) | map(attribute='name') | list -%}
    {%- set entity = ['billing_entity'] if 'billing_entity' in names else [] -%}
    {{ return(entity + contract_table(table).config.meta['key']) if execute else return([]) }}
{%- endmacro %}


{#-
    The part of a key that a row needs to have one: its required columns, or the table's own where none is required (an
    id that the source may lack).
-#}
{% macro contract_filled_key(table) -%}
    {%- set key = contract_key(table) -%}
    {%- set required = contract_columns(table) | selectattr('name', 'in', key) | selectattr('required') | map(attribute='name') | list -%}
    {{ return(required or key | reject('equalto', 'billing_entity') | list) }}
{%- endmacro %}


{#- The columns that people know a row by: those of its key without the billing entity, or what stands in for an id that is empty. -#}
{% macro contract_shown_by(table) -%}
    {%- set key = contract_key(table) | reject('equalto', 'billing_entity') | list -%}
    {{ return(contract_table(table).config.meta.get('shown_by', key)) if execute else return(key) }}
{%- endmacro %}


{#- The column that says when what a row tells of happened; none where a table has no such column. -#}
{% macro contract_business_date(table) -%}
    {%- if execute -%}{{ return(contract_table(table).config.meta.get('business_date')) }}{%- endif -%}
{%- endmacro %}
