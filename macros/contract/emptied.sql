{#-
    A label is a column whose emptiness costs no figure but a breakdown by it (`is_label` in the contract). A fault in one
    doesn't reject its row: the value becomes NULL, and the row's `emptied` has a line that says so:

        unreadable employee_count: 51-200      can't be read as the column's type
        invalid created_at: 1889-06-01         can't be true
        conflicting industry: Retail / Media   versions of the row that arrived at the same time contradict each other

    contract_emptied_values counts these lines; the mart emptied_values shows them.
-#}

{#- The lines of a row as one text, NULL where there are none. found: [{reason, column, value and holds as SQL}]. -#}
{% macro emptied_values(found, before=none) -%}
    {%- if not found -%}
    {{ before or 'cast(null as ' ~ type_of('text') ~ ')' }}
    {%- else -%}
    case
            when {{ 'coalesce(' ~ before ~ ", '') <> '' or " if before }}{% for one in found %}({{ one.holds }}){{ ' or ' if not loop.last }}{% endfor %}
                then {{ 'coalesce(' ~ before ~ ", '') || " if before }}
                {%- for one in found %}
                case when {{ one.holds }} then '{{ one.reason }} {{ one.column }}: ' || {{ one_line(one.value) }} || {{ line_break() }} else '' end
                {{- ' ||' if not loop.last }}
                {%- endfor %}
        end
    {%- endif -%}
{%- endmacro %}


{#- The character between the lines of a text. -#}
{% macro line_break() -%}
    chr(10)
{%- endmacro %}


{#- A value as one line of at most 100 characters. -#}
{% macro one_line(value) -%}
    substring(replace(cast({{ value }} as {{ type_of('text') }}), {{ line_break() }}, ' '), 1, 100)
{%- endmacro %}


{#- Every value that was emptied in the accepted rows of a contract table, a row each; nothing for a table without labels. -#}
{% macro emptied_rows_of(table) -%}
    {%- set checked = ref('checked_' ~ table) -%}
    {%- set kinds = [] -%}
    {%- for column in contract_columns(table) if column.is_label -%}
        {%- for reason in emptied_reasons(column) -%}
            {%- do kinds.append("select '" ~ column.name ~ "' as column_name, '" ~ reason ~ "' as reason") -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if kinds -%}
    {%- set said = "kinds.reason || ' ' || kinds.column_name || ': '" -%}
    select
        checked.source_system,
        '{{ table }}' as table_name,
        kinds.column_name,
        kinds.reason,
        {{ key_as_text(table) }} as row_key,
        {{ dbt.split_part(dbt.split_part('checked.emptied', said, 2), line_break(), 1) }} as value
    from {{ checked }} as checked
    inner join (
        {{ kinds | join('\n        union all\n        ') }}
    ) as kinds
        on {{ dbt.position(said, 'checked.emptied') }} > 0
    where checked.rejection_reason is null
        and checked.emptied is not null
    {%- endif -%}
{%- endmacro %}
