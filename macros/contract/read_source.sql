{#-
    The rows of a source table, each column read as its type, and beside them the first value that is there but can't be
    read: unreadable_column names its column, unreadable_value is what the source has. Both are NULL when all can be read.

    relation: the source table. columns: [{name, kind}], and where they differ from that: `source`, the column as SQL;
    `value`, the SQL that reads it; `label`, what the source calls it; `is_absent`, that the source doesn't have it.
-#}
{% macro read_columns(relation, columns) -%}
    {%- set typed = columns | rejectattr('is_absent') | rejectattr('kind', 'equalto', 'text') | list -%}
select
    {%- for column in columns %}
    {%- if column.is_absent %}
    cast(null as {{ type_of(column.kind) }}) as {{ column.name }},
    {%- else %}
    {{ column.value or read_as(column.kind, column.source or column.name) }} as {{ column.name }},
    {%- endif %}
    {%- endfor %}
    unreadable_column,
    {%- if typed %}
    case unreadable_column
        {%- for column in typed %}
        when '{{ column.label or column.name }}' then {{ read_as('text', column.source or column.name) }}
        {%- endfor %}
    end as unreadable_value
    {%- else %}
    cast(null as {{ type_of('text') }}) as unreadable_value
    {%- endif %}
from (
    select
        {%- for column in columns if not column.is_absent %}
        {{ column.source or column.name }},
        {%- endfor %}
        {{ first_unreadable(typed) }} as unreadable_column
    from {{ relation }}
) as source_rows
{%- endmacro %}


{% macro first_unreadable(columns) -%}
    {%- if not columns -%}
    cast(null as {{ type_of('text') }})
    {%- else -%}
    case
            {%- for column in columns %}
            {%- set source = column.source or column.name %}
            when {{ read_as(column.kind, source) }} is null and {{ read_as('text', source) }} is not null
                then '{{ column.label or column.name }}'
            {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}
