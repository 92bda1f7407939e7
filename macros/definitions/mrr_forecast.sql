{#- How many months a forecast looks ahead. -#}
{% macro forecast_months() -%}
    {{ return(12) }}
{%- endmacro %}


{#- One in so many back-tests is left out at either end of the band: 80 % of them, or more, lie in it. -#}
{% macro forecast_tail() -%}
    {{ return(10) }}
{%- endmacro %}


{#- The months that a month's rates are taken from: itself and those before it. -#}
{% macro recent_months() -%}
    partition by policy, dimension, dimension_value
    order by month rows between {{ var('forecast_window_months') - 1 }} preceding and current row
{%- endmacro %}



{#- MRR a month later: what is there times its monthly factor, and what arrives. Rounded to six decimals, on every engine alike. -#}
{% macro mrr_a_month_later(mrr) -%}
    {{ exact_product(mrr, 'monthly_factor', 6) }} + arriving_mrr
{%- endmacro %}
