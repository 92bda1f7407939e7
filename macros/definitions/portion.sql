{#- The part of an amount that falls to so many of its days, with four decimals. -#}
{% macro portion(amount, days, all_days) -%}
    case
        when {{ days }} = {{ all_days }} then {{ amount }}
        when {{ days }} = 0 then 0
        else {{ adapter.dispatch('day_share', 'cs_metrics')(amount, days, all_days) }}
    end
{%- endmacro %}

{% macro default__day_share(amount, days, all_days) -%}
    {{ exact_quotient('cast(' ~ amount ~ ' as decimal(24, 6)) * ' ~ days, all_days, 4) }}
{%- endmacro %}

{#-
    The same in whole numbers of 64 bits, where the period is short enough (ten years) for it, and the amount has no more than
    four decimals: most of a build's divisions are here. A double holds the ten-thousandths of an amount below 10^11 exactly,
    because there are fewer than 2^53 of them.
-#}
{% macro duckdb__day_share(amount, days, all_days) -%}
    {%- set units = 'cast(round(cast(' ~ amount ~ ' as double) * 10000) as bigint)' -%}
    case
        when {{ all_days }} <= 3650 and abs({{ amount }}) < 100000000000 and {{ amount }} = {{ units }} * 0.0001 then cast(
            sign({{ units }}) * divide(2 * abs({{ units }}) * {{ days }} + {{ all_days }}, 2 * {{ all_days }}) / 10000
            as {{ type_of('mrr') }}
        )
        else {{ cs_metrics.default__day_share(amount, days, all_days) }}
    end
{%- endmacro %}
