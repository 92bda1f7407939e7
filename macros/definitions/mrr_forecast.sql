{#- How many months a forecast looks ahead. -#}
{% macro forecast_months() -%}
    {{ return(12) }}
{%- endmacro %}


{#- The share of back-tests that is left out at either end of the band: 80 % of them, or more, lie in it. -#}
{% macro forecast_tail() -%}
    {{ return('0.1') }}
{%- endmacro %}


{#- The months that a month's rates are taken from: itself and those before it. -#}
{% macro recent_months() -%}
    partition by policy, dimension, dimension_value
    order by month rows between {{ var('forecast_window_months') - 1 }} preceding and current row
{%- endmacro %}


{#-
    MRR so many months after a month's closing, each month worth monthly_factor of the one before plus arriving_mrr.
    Rounded to six decimals after each month, so that every engine gets the same.
-#}
{% macro mrr_after(months) -%}
    {%- set mrr = namespace(sql='closing_mrr') -%}
    {%- for _ in range(months) -%}
        {%- set mrr.sql = exact_product(mrr.sql, 'monthly_factor', 6) ~ ' + arriving_mrr' -%}
    {%- endfor -%}
    {{ mrr.sql }}
{%- endmacro %}
