{#- The part of an amount that falls to so many of its days, with four decimals. -#}
{% macro portion(amount, days, all_days) -%}
    case
        when {{ days }} = {{ all_days }} then {{ amount }}
        when {{ days }} = 0 then 0
        else {{ exact_quotient('cast(' ~ amount ~ ' as decimal(24, 6)) * ' ~ days, all_days, 4) }}
    end
{%- endmacro %}
