{#- Where a value stands to a published range; a single published figure is a range of its own. -#}
{% macro benchmark_position(value, lower_edge, upper_edge) -%}
    case
        when {{ value }} < {{ lower_edge }} then 'below'
        when {{ value }} > {{ upper_edge }} then 'above'
        when {{ value }} is not null then 'within'
    end
{%- endmacro %}


{#-
    A monthly rate of loss over a year of such months, 1 - (1 - rate)^12: 2 % a month are 21.5 % a year, not 24 %.
    NULL for what is no rate of loss (below 0, above 1).
-#}
{% macro loss_of_a_year(monthly_rate) -%}
    {%- set kept = '(1 - ' ~ monthly_rate ~ ')' -%}
    {%- set kept_2 = product_of_fractions(kept, kept) -%}
    {%- set kept_4 = product_of_fractions(kept_2, kept_2) -%}
    {%- set kept_8 = product_of_fractions(kept_4, kept_4) -%}
    case when {{ monthly_rate }} between 0 and 1 then 1 - {{ product_of_fractions(kept_8, kept_4) }} end
{%- endmacro %}


{#- Two fractions multiplied, to twelve decimals, on every engine alike. -#}
{% macro product_of_fractions(left, right) -%}
    cast(cast({{ left }} as {{ type_of('fraction') }}) * cast({{ right }} as {{ type_of('fraction') }}) as {{ type_of('fraction') }})
{%- endmacro %}
