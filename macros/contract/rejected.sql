{#- The rejected rows of a contract table, with their key for people to read and the row as JSON. -#}
{% macro rejected_of(table) -%}
    {%- set names = contract_columns(table) | map(attribute='name') | list -%}
select
        source_system,
        {{ 'billing_entity' if 'billing_entity' in names else 'cast(null as ' ~ type_of('text') ~ ') as billing_entity' }},
        '{{ table }}' as table_name,
        {{ key_as_text(table) }} as row_key,
        rejection_reason as reason,
        {{ value_of_reason(table) }} as rejected_value,
        {{ row_as_json(table) }} as row_json
    from {{ ref('checked_' ~ table) }}
    where rejection_reason is not null
{%- endmacro %}


{#-
    The key of a row without its billing entity: subscription_id=s1, paused_at=2024-03-01 00:00:00. Where a row may lack
    one, what people know it by stands in for it.
-#}
{% macro key_as_text(table) -%}
    {%- set key = contract_key(table) | reject('equalto', 'billing_entity') | list -%}
    {%- set shown_by = contract_shown_by(table) -%}
    {%- if shown_by == key -%}
    {{ columns_as_text(key) }}
    {%- else -%}
    case when {{ key[0] }} is not null then {{ columns_as_text(key) }} else {{ columns_as_text(shown_by) }} end
    {%- endif -%}
{%- endmacro %}

{% macro columns_as_text(names) -%}
    {%- for name in names -%}
    '{{ ', ' if not loop.first }}{{ name }}=' || coalesce(cast({{ name }} as {{ type_of('text') }}), ''){{ ' || ' if not loop.last }}
    {%- else -%}
    ''
    {%- endfor -%}
{%- endmacro %}


{#- The value that a rejected row's source has in the column that the reason is about; NULL where it is about none, or the value is missing. -#}
{% macro value_of_reason(table) -%}
    {%- set columns = contract_columns(table) -%}
    {%- set names = columns | map(attribute='name') | list -%}
    case
            when rejection_reason like 'unreadable %' then unreadable_value
            when rejection_reason = 'superseded' then cast(loaded_at as {{ type_of('text') }})
            {%- if 'valid_from' in names %}
            when rejection_reason = 'overlapping terms' then cast(valid_from as {{ type_of('text') }})
            {%- endif %}
            {%- for column in columns %}
            when rejection_reason in ('invalid {{ column.name }}', 'unknown {{ column.name }}')
                {%- if column.kind in ('date', 'timestamp') %}
                or rejection_reason like '{{ column.name }} before %'
                {%- endif %}
                then {{ 'written_word' if column.vocabulary else 'cast(' ~ column.name ~ ' as ' ~ type_of('text') ~ ')' }}
            {%- endfor %}
        end
{%- endmacro %}


{#-
    A row of a checked table as a JSON object, words as the source has them; `unreadable` has the value that can't be read,
    where there is one, `emptied` the labels that couldn't be taken.
-#}
{% macro row_as_json(table) -%}
    {%- for column in contract_columns(table) -%}
    {%- set shown = 'written_word' if column.vocabulary else column.name -%}
    '{{ '{' if loop.first else ', ' }}"{{ column.name }}": ' || coalesce({{ json_value(shown, column.kind) }}, 'null') ||
        {% endfor -%}
    coalesce(', "emptied": ' || {{ json_text('emptied') }}, '') ||
        coalesce(', "unreadable": {' || {{ json_text('unreadable_column') }} || ': ' || {{ json_text('unreadable_value') }} || '}', '') || '}'
{%- endmacro %}


{#- A value as JSON; NULL stays NULL. -#}
{% macro json_value(expression, kind) -%}
    {%- if kind == 'text' -%}
    {{ json_text(expression) }}
    {%- elif kind == 'boolean' -%}
    case when {{ expression }} then 'true' when not {{ expression }} then 'false' end
    {%- elif kind in ('date', 'timestamp') -%}
    '"' || cast({{ expression }} as {{ type_of('text') }}) || '"'
    {%- elif kind in ('price', 'rate') -%}
    {{ digits_as_text(kind, expression) }}
    {%- else -%}
    cast({{ expression }} as {{ type_of('text') }})
    {%- endif -%}
{%- endmacro %}


{#-
    A text in JSON's quotation marks; its control characters are left to json_without_controls. The backslash is
    written by its code because in a literal it means different things on different engines.
-#}
{% macro json_text(expression) -%}
    '"' || replace(replace({{ expression }}, chr(92), chr(92) || chr(92)), '"', chr(92) || '"') || '"'
{%- endmacro %}


{#- JSON with its control characters, which can only be inside of texts, escaped. -#}
{% macro json_without_controls(expression) -%}
    {%- set escaped = namespace(sql=expression) -%}
    {%- for code in range(1, 32) -%}
        {%- set escaped.sql = 'replace(' ~ escaped.sql ~ ', chr(' ~ code ~ "), chr(92) || 'u" ~ '{:04x}'.format(code) ~ "')" -%}
    {%- endfor -%}
    {{ escaped.sql }}
{%- endmacro %}
