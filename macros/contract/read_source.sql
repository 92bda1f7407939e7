{#-
    A source table's columns, each read as its type, and beside them the first value that is there but can't be read:
    unreadable_column names its column, unreadable_value is what the source has. Both are NULL when all can be read.

    columns: [{name, kind}], and where they differ from that: `source`, the column as SQL; `value`, the SQL that reads
    it; `label`, what the source calls it.
-#}
{% macro read_columns(columns) -%}
    {%- for column in columns %}
    {{ column.value or read_as(column.kind, column.source or column.name) }} as {{ column.name }},
    {%- endfor %}
    {{ first_unreadable(columns, 'column') }} as unreadable_column,
    {{ first_unreadable(columns, 'value') }} as unreadable_value
{%- endmacro %}


{% macro first_unreadable(columns, what) -%}
    {%- set typed = columns | rejectattr('kind', 'equalto', 'text') | list -%}
    {%- if not typed -%}
    cast(null as {{ type_of('text') }})
    {%- else -%}
    case
        {%- for column in typed %}
        {%- set source = column.source or column.name %}
        when {{ read_as(column.kind, source) }} is null and {{ read_as('text', source) }} is not null
            then {{ "'" ~ (column.label or column.name) ~ "'" if what == 'column' else read_as('text', source) }}
        {%- endfor %}
    end
    {%- endif -%}
{%- endmacro %}
