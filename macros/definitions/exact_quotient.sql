{#-
    numerator / denominator, rounded half away from zero to so many decimal places, the same on every engine:
    worked out in whole numbers, because a division in floating point rounds a tie one way here and another
    way there. Both are taken with six decimals; a denominator of 0 gives NULL.
-#}
{% macro exact_quotient(numerator, denominator, places) -%}
    {{ adapter.dispatch('exact_quotient', 'cs_metrics')(numerator, denominator, places) }}
{%- endmacro %}

{% macro default__exact_quotient(numerator, denominator, places) -%}
    round(cast({{ numerator }} as decimal(28, 6)) / nullif(cast({{ denominator }} as decimal(28, 6)), 0), {{ places }})
{%- endmacro %}

{#- In 64 bits where both fit, which is nearly always and many times faster, else in 128. -#}
{% macro duckdb__exact_quotient(numerator, denominator, places) -%}
    case
        when abs({{ numerator }}) < 1{{ '0' * (12 - places) }} and abs({{ denominator }}) between 1 and 999999999
            then {{ whole_quotient(millionths(numerator), millionths(denominator), places, 'decimal(18, 0)') }}
        else {{ whole_quotient(
            'cast(cast(' ~ numerator ~ ' as decimal(28, 6)) * 1000000 as hugeint)',
            'cast(cast(' ~ denominator ~ ' as decimal(28, 6)) * 1000000 as hugeint)',
            places, 'decimal(28, 0)'
        ) }}
    end
{%- endmacro %}

{#- A quotient of whole numbers with so many places: divide() drops what is beyond the point, so half of it is added first. -#}
{% macro whole_quotient(numerator, denominator, places, type) -%}
    cast(
        sign({{ numerator }}) * sign({{ denominator }})
        * divide(2 * abs({{ numerator }}) * 1{{ '0' * places }} + abs({{ denominator }}), 2 * nullif(abs({{ denominator }}), 0))
        as {{ type }}
    ) * cast(0.{{ '0' * (places - 1) }}1 as decimal({{ places }}, {{ places }}))
{%- endmacro %}

{#- The millionths in an amount below 10^9: fewer than 2^53, so that a double holds them exactly. -#}
{% macro millionths(amount) -%}
    cast(round(cast(cast({{ amount }} as {{ type_of('decimal') }}) as double) * 1000000) as bigint)
{%- endmacro %}

{% macro redshift__exact_quotient(numerator, denominator, places) -%}
    {{ cs_metrics.default__exact_quotient(numerator, denominator, places) }}
{%- endmacro %}

{#- div() gives the whole part of a quotient of numerics, exactly. -#}
{% macro postgres__exact_quotient(numerator, denominator, places) -%}
    {%- set n = 'cast(' ~ numerator ~ ' as decimal(28, 6))' -%}
    {%- set d = 'cast(' ~ denominator ~ ' as decimal(28, 6))' -%}
    sign({{ n }}) * sign({{ d }})
    * div(2 * abs({{ n }}) * {{ 10 ** places }} + abs({{ d }}), 2 * nullif(abs({{ d }}), 0)) * {{ '0.' ~ '0' * (places - 1) ~ '1' }}
{%- endmacro %}
