{#- What accounts may be alike in: the columns by_<attribute> of the seed peer_groups. -#}
{% macro likenesses() -%}
    {{ return(['plan', 'spend_band', 'industry', 'employee_band']) }}
{%- endmacro %}


{#- The columns that say which group of alike accounts a row is about. -#}
{% macro peer_group() -%}
    {%- set columns = ['policy', 'billing_entity', 'peer_level'] -%}
    {%- for attribute in likenesses() -%}{%- do columns.append('peer_' ~ attribute) -%}{%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}
