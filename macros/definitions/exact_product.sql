{#-
    amount x factor, rounded to so many decimal places, the same on every engine: as decimals whose product fits (the
    amount below 10^16, the factor below 10^4, with eight decimals).
-#}
{% macro exact_product(amount, factor, places) -%}
    cast(cast({{ amount }} as decimal(24, {{ places }})) * cast({{ factor }} as decimal(12, 8)) as decimal(28, {{ places }}))
{%- endmacro %}
