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
    {%- set kept_2 = fractions_multiplied(kept, kept) -%}
    {%- set kept_4 = fractions_multiplied(kept_2, kept_2) -%}
    {%- set kept_8 = fractions_multiplied(kept_4, kept_4) -%}
    case when {{ monthly_rate }} between 0 and 1 then 1 - {{ fractions_multiplied(kept_8, kept_4) }} end
{%- endmacro %}


{#- Two fractions multiplied, to twelve decimals, on every engine alike. -#}
{% macro fractions_multiplied(left, right) -%}
    cast(cast({{ left }} as {{ type_of('fraction') }}) * cast({{ right }} as {{ type_of('fraction') }}) as {{ type_of('fraction') }})
{%- endmacro %}


{#- The same for columns between 0 and 1 with many rows. -#}
{% macro product_of_fractions(left, right) -%}
    {{ adapter.dispatch('product_of_fractions', 'cs_metrics')(left, right) }}
{%- endmacro %}

{% macro default__product_of_fractions(left, right) -%}
    {{ fractions_multiplied(left, right) }}
{%- endmacro %}

{#- Guessed in floating point and set right by what is left, like exact_quotient: to drop decimals is a slow division. -#}
{% macro duckdb__product_of_fractions(left, right) -%}
    {%- set l, r = 'cast(' ~ left ~ ' as ' ~ type_of('fraction') ~ ')', 'cast(' ~ right ~ ' as ' ~ type_of('fraction') ~ ')' -%}
    {%- set step = 'cast(0.000000000001 as decimal(12, 12))' -%}
    {%- set guess = 'cast(round(cast(' ~ l ~ ' as double) * cast(' ~ r ~ ' as double) * 1000000000000) as decimal(18, 0)) * ' ~ step -%}
    {%- set left_twice = '2 * (' ~ l ~ ' * ' ~ r ~ ' - ' ~ guess ~ ')' -%}
    cast({{ guess }} + case when {{ left_twice }} >= {{ step }} then {{ step }} when {{ left_twice }} < -{{ step }} then -{{ step }} else 0 end as {{ type_of('fraction') }})
{%- endmacro %}
