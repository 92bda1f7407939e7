{#-
    The segments that every monthly metric is cut by. A model that has them as columns groups by all of them at
    once with `group_by_dimensions` and names the group with `dimension_columns`.
-#}
{% macro dimensions() -%}
    {{ return(standard_dimensions() + custom_segments()) }}
{%- endmacro %}


{% macro standard_dimensions() -%}
    {{ return(
        ['billing_entity', 'country', 'region', 'industry', 'employee_band', 'spend_band', 'plan', 'product', 'currency']
    ) }}
{%- endmacro %}


{% macro dimension_columns(relation) -%}
    case
        {%- for dimension in dimensions() %}
        when grouping({{ relation }}.{{ dimension }}) = 0 then '{{ dimension }}'
        {%- endfor %}
        else 'all'
    end as dimension,
    case
        {%- for dimension in dimensions() %}
        when grouping({{ relation }}.{{ dimension }}) = 0 then {{ relation }}.{{ dimension }}
        {%- endfor %}
        else 'all'
    end as dimension_value
{%- endmacro %}


{% macro group_by_dimensions(relation, keys) -%}
    group by grouping sets (
        ({{ keys | join(', ') }}),
        {%- for dimension in dimensions() %}
        ({{ keys | join(', ') }}, {{ relation }}.{{ dimension }}){{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endmacro %}


{#- The attributes in account_segments that become dimensions: the variable, or those that the demo company has. -#}
{% macro custom_segments() -%}
    {%- if var('custom_segments') is not none -%}
        {{ return(var('custom_segments')) }}
    {%- elif var('native_data') == 'demo' -%}
        {{ return(['tier', 'territory', 'channel']) }}
    {%- else -%}
        {{ return([]) }}
    {%- endif -%}
{%- endmacro %}
