{#- Versions of a row, which have the same key: what identified_rows compares of them. -#}

{#- Two relations' rows have the same key; parts of it that may be empty agree where both are. -#}
{% macro same_key(left, right, table) -%}
    {%- set filled_key = contract_filled_key(table) -%}
    {%- for name in contract_key(table) -%}
        {{ '\n        and ' if not loop.first }}
        {%- if name in filled_key -%}
    {{ left }}.{{ name }} = {{ right }}.{{ name }}
        {%- else -%}
    coalesce({{ left }}.{{ name }}, '') = coalesce({{ right }}.{{ name }}, '')
        {%- endif -%}
    {%- endfor -%}
{%- endmacro %}


{#- The values in which versions of a row have to agree: all of them but labels and its arrival; words however they are spelt. -#}
{% macro what_rows_say(columns, relation) -%}
    {%- set values = [] -%}
    {%- for column in columns if column.name != 'loaded_at' and not column.is_label -%}
        {%- set value = relation ~ '.' ~ column.name -%}
        {%- do values.append(word_of(value) if column.vocabulary else value) -%}
    {%- endfor -%}
    {{ return(values) }}
{%- endmacro %}


{#- 2 for a term that takes time, 0 for one that takes none; 1 for a charge that is due once and takes none. -#}
{% macro standing_of_term(table, alias) -%}
    {%- set start, end = contract_term(table) -%}
    case
        {%- if table == 'subscription_items' %}
        when {{ alias }}.{{ start }} = {{ alias }}.{{ end }} and {{ alias }}.interval_unit = 'once' then 1
        {%- endif %}
        when {{ alias }}.{{ start }} = {{ alias }}.{{ end }} then 0
        else 2
    end
{%- endmacro %}
