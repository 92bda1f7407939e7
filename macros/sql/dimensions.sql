{#-
    The columns of the segments that every monthly metric is cut by. A model that has them groups by all of them at once
    with `group_by_dimensions` and names the group with `dimension_columns`.

    A custom segment's name is data: `month`, `order` or `account_id` are as good as any. Its column is called segment_<name>,
    so that no name is a word of SQL or meets another column.
-#}
{% macro dimensions() -%}
    {{ return(standard_dimensions() + segment_columns()) }}
{%- endmacro %}


{#- A dimension as figures name it, by its column. -#}
{% macro dimension_name(column) -%}
    {{ return(column[8:] if column.startswith('segment_') else column) }}
{%- endmacro %}


{#- The columns of custom segments. -#}
{% macro segment_columns() -%}
    {%- set columns = [] -%}
    {%- for segment in custom_segments() -%}{%- do columns.append('segment_' ~ segment) -%}{%- endfor -%}
    {{ return(columns) }}
{%- endmacro %}


{#- Why an attribute of accounts can't be a dimension under its name; empty where it can. The loader of folders asks this too. -#}
{% macro segment_problem(segment) -%}
    {%- if segment is not string or not modules.re.fullmatch('[a-z_][a-z0-9_]{0,49}', segment) -%}
        {{ return('it is not a name of lowercase letters, digits and _, at most 50 of them') }}
    {%- elif segment in standard_dimensions() + ['all', 'csm', 'feature'] -%}
        {{ return('the name is taken by a dimension that every build has') }}
    {%- else -%}
        {{ return('') }}
    {%- endif -%}
{%- endmacro %}


{% macro standard_dimensions() -%}
    {{ return(
        ['billing_entity', 'country', 'region', 'industry', 'employee_band', 'spend_band', 'plan', 'product', 'currency']
    ) }}
{%- endmacro %}


{% macro dimension_columns(relation) -%}
    case
        {%- for dimension in dimensions() %}
        when grouping({{ relation }}.{{ dimension }}) = 0 then {{ as_text_literal(dimension_name(dimension)) }}
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
