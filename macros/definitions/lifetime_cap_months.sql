{#- No lifetime is taken to be longer than this: the cap of ltv_capped_60m, and where survival curves end. -#}
{% macro lifetime_cap_months() -%}
    {{ return(60) }}
{%- endmacro %}
