{#-
    The rows of a source table, each column read as its type, and beside them the first value that is there but can't be
    read: unreadable_column names its column, unreadable_value is what the source has. Both are NULL when all can be read.
    A value that can't be read in a label (`is_label`) becomes NULL instead, and `emptied` says so.

    relation: the source table. columns: [{name, kind}], and where they differ from that: `source`, the column as SQL;
    `value`, the SQL that reads it; `label`, what the source calls it; `is_absent`, that the source doesn't have it.
-#}
{% macro read_columns(relation, columns) -%}
    {%- set all_typed = columns | rejectattr('is_absent') | rejectattr('kind', 'equalto', 'text') | list -%}
    {%- set typed = all_typed | rejectattr('is_label') | list -%}
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
    {%- endif %},
    emptied
from (
    select
        {%- for column in columns if not column.is_absent %}
        {{ column.source or column.name }},
        {%- endfor %}
        {{ first_unreadable(typed) }} as unreadable_column,
        {{ unreadable_labels(all_typed | selectattr('is_label') | list) }} as emptied
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
            when {{ is_unreadable(column.kind, source) }}
                then '{{ column.label or column.name }}'
            {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}


{#-
    Whether a value is there and can't be read as its type. Zero dates, as MySQL writes them, stand for no date. As text it is
    looked at only where it can't be read: a CASE leaves the rest out on every engine, an AND doesn't on DuckDB.
-#}
{% macro is_unreadable(kind, source) -%}
    {%- set unread = 'case when ' ~ read_as(kind, source) ~ ' is null then ' ~ read_as('text', source) ~ ' end' -%}
    {%- if kind in ('date', 'timestamp') -%}
    coalesce({{ unread }}, '0000-00-00') not like '0000-00-00%'
    {%- else -%}
    {{ unread }} is not null
    {%- endif -%}
{%- endmacro %}
