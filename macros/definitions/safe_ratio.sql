{#- A ratio with eight decimals; NULL where the denominator is 0 or there is none: never 0, never an error. -#}
{% macro safe_ratio(numerator, denominator) -%}
    {{ exact_quotient(numerator, denominator, 8) }}
{%- endmacro %}
