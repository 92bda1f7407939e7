{#- Faults in labels: what can't be read, can't be true, or is contradicted. macros/contract/emptied.sql keeps what is found. -#}

{#- The reasons for which a label may be emptied. -#}
{% macro emptied_reasons(column) -%}
    {%- set can_be_invalid = column.kind in ('date', 'timestamp') or column.minimum is defined -%}
    {{ return((['unreadable'] if column.kind != 'text' else []) + (['invalid'] if can_be_invalid else []) + ['conflicting']) }}
{%- endmacro %}


{#- The labels of a source row that can't be read, as emptied_values has them. -#}
{% macro unreadable_labels(columns) -%}
    {%- set found = [] -%}
    {%- for column in columns -%}
        {%- set source = column.source or column.name -%}
        {%- do found.append({
            'reason': 'unreadable', 'column': column.name, 'value': read_as('text', source), 'holds': is_unreadable(column.kind, source),
        }) -%}
    {%- endfor -%}
    {{ emptied_values(found) }}
{%- endmacro %}


{#- The labels of a staged row that can't be true, as emptied_values has them. -#}
{% macro untrue_labels(labels) -%}
    {%- set found = [] -%}
    {%- for column in labels if 'invalid' in emptied_reasons(column) -%}
        {%- set value = local_time(column.name) if column.kind == 'timestamp' else column.name -%}
        {%- do found.append({'reason': 'invalid', 'column': column.name, 'value': column.name, 'holds': is_untrue(value, column)}) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- Condition that a label's value can't be true: a day that can't be, a number outside of the contract's bounds. -#}
{% macro is_untrue(value, column) -%}
    {%- if column.kind in ('date', 'timestamp') -%}
    {{ is_absurd(value, column.kind) }} and not {{ is_epoch(column) }}
    {%- else -%}
    {{ value }} < {{ column.minimum }} or {{ value }} > {{ column.maximum }}
    {%- endif -%}
{%- endmacro %}


{#- 1970-01-01, which no date becomes in systems that count seconds. -#}
{% macro is_epoch(column) -%}
    coalesce({{ column.name }} = cast('1970-01-01' as {{ type_of(column.kind) }}), false)
{%- endmacro %}


{#- The labels that versions of a row contradict each other in, as emptied_values has them. -#}
{% macro contradicted_labels(labels) -%}
    {%- set found = [] -%}
    {%- for column in labels -%}
        {%- set first, last = 'first_' ~ column.name, 'last_' ~ column.name -%}
        {%- do found.append({
            'reason': 'conflicting',
            'column': column.name,
            'value': 'cast(' ~ first ~ ' as ' ~ type_of('text') ~ ") || ' / ' || cast(" ~ last ~ ' as ' ~ type_of('text') ~ ')',
            'holds': 'key_reason is null and ' ~ first ~ ' <> ' ~ last,
        }) -%}
    {%- endfor -%}
    {{ return(found) }}
{%- endmacro %}


{#- A label of the version that is taken: what all versions say that say anything. Rejected ones keep their own. -#}
{% macro agreed_label(column) -%}
    {%- set first, last = 'first_' ~ column.name, 'last_' ~ column.name -%}
    case
            when key_reason is not null then {{ column.name }}
            when {{ first }} = {{ last }} then {{ first ~ ' = 1' if column.kind == 'boolean' else first }}
        end
{%- endmacro %}


{#- A label as min and max take it on every engine. -#}
{% macro comparable(column) -%}
    {%- if column.kind == 'boolean' -%}
    case when {{ column.name }} then 1 when not {{ column.name }} then 0 end
    {%- else -%}
    {{ by_bytes(column.name) if column.kind == 'text' else column.name }}
    {%- endif -%}
{%- endmacro %}
