{#- A list price less percentages of it and amounts off it, never below 0. A negative price (a credit) keeps its amount. -#}
{% macro discounted_amount(list_amount, percent_off, amount_off) -%}
    case
        when {{ percent_off }} is null or {{ list_amount }} <= 0 then {{ list_amount }}
        else cast(greatest(
            cast({{ list_amount }} as decimal(26, 6)) * (100 - least({{ percent_off }}, 100)) * 0.01 - ({{ amount_off }}), 0
        ) as {{ type_of('decimal') }})
    end
{%- endmacro %}


{#-
    What falls to a weight before it's divided by all weights, with six decimals. A column of its own, where it's worked out
    once: the quotient names it many times.
-#}
{% macro weighted_amount(amount, weight) -%}
    case when {{ amount }} <> 0 then cast(cast({{ amount }} as decimal(20, 6)) * ({{ weight }}) as decimal(28, 6)) else 0 end
{%- endmacro %}


{#-
    The part of an amount that falls to one of several weights, with six decimals. The shares along a running sum
    add up to the whole amount: each is what has been shared out up to it, less what was up to the one before.
-#}
{% macro share_of(weighted_up_to, weighted_before, total_weight) -%}
    case
        when {{ weighted_up_to }} <> 0
            then {{ exact_quotient(weighted_up_to, total_weight, 6) }} - {{ exact_quotient(weighted_before, total_weight, 6) }}
        else 0
    end
{%- endmacro %}
