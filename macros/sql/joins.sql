{#- Two relations agree on policy, billing entity and account. -#}
{% macro same_account(left, right) -%}
    {{ left }}.policy = {{ right }}.policy
        and {{ left }}.billing_entity = {{ right }}.billing_entity
        and {{ left }}.account_id = {{ right }}.account_id
{%- endmacro %}


{#- Two relations agree on some columns. -#}
{% macro same(left, right, columns) -%}
    {%- for column in columns -%}
    {{ left }}.{{ column }} = {{ right }}.{{ column }}{{ '\n        and ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- Column names with their relation before them. -#}
{% macro prefixed(relation, columns) -%}
    {%- set out = [] -%}
    {%- for column in columns -%}{%- do out.append(relation ~ '.' ~ column) -%}{%- endfor -%}
    {{ return(out) }}
{%- endmacro %}
