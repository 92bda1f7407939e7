{#-
    A table of a vendor's source as a query: each column that _<vendor>__sources.yml documents, read as its data_type,
    under its own name or, where that is a reserved word, the `alias` in its meta; then what couldn't be read.

    Loaders leave out tables and columns that a company doesn't use: the variable <vendor>_absent names them
    (credit_note, invoice.due_date). An absent table has no rows, an absent column is NULL.
-#}
{% macro source_table(vendor, table) -%}
    {%- set absent = var(vendor ~ '_absent') -%}
    {%- set relation = source(vendor, table) if table not in absent else none -%}
    {%- set columns = [] -%}
    {%- if execute -%}
        {%- for column in graph.sources['source.cs_metrics.' ~ vendor ~ '.' ~ table].columns.values() -%}
            {%- do columns.append({
                'name': column.config.meta.get('alias', column.name),
                'kind': column.data_type,
                'label': column.name,
                'source': source_column(column),
                'is_absent': table in absent or (table ~ '.' ~ column.name) in absent,
            }) -%}
        {%- endfor -%}
    {%- endif -%}
{{ read_columns(relation or '(select 1 as one) as nothing where 1 = 0', columns) }}
{%- endmacro %}


{#- A source's column in SQL; one whose name is a reserved word is quoted, in the case that the warehouse keeps it in. -#}
{% macro source_column(column) -%}
    {{ return(adapter.quote(column.name | upper if target.type == 'snowflake' else column.name) if column.quote else column.name) }}
{%- endmacro %}


{#- Columns of a contract table that a vendor has nothing for. -#}
{% macro null_columns(table, names) -%}
    {%- for column in contract_columns(table) if column.name in names %}
    cast(null as {{ type_of(column.kind) }}) as {{ column.name }},
    {%- endfor %}
{%- endmacro %}


{#-
    What the variable <vendor>_absent has to name for the schema that the loader filled:
    dbt run-operation find_absent --args '{vendor: stripe}' --vars '{billing_sources: [stripe]}'
-#}
{% macro find_absent(vendor) -%}
    {%- set absent = [] -%}
    {%- for table in graph.sources.values() if table.source_name == vendor -%}
        {%- set relation = adapter.get_relation(table.database, table.schema, table.identifier) -%}
        {%- if relation is none -%}
            {%- do absent.append(table.name) -%}
        {%- else -%}
            {%- set present = adapter.get_columns_in_relation(relation) | map(attribute='name') | map('lower') | list -%}
            {%- for name in table.columns if name not in present -%}
                {%- do absent.append(table.name ~ '.' ~ name) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do print(vendor ~ '_absent: ' ~ tojson(absent)) -%}
{%- endmacro %}
