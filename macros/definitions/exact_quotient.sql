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

{#-
    A division of 128 bits is slow on DuckDB, a cast to fewer decimal places is one too; multiplications aren't. So the
    quotient is guessed in floating point, where it has fewer than 15 digits and so is at most one off, and set right by
    what is left: half of the denominator or more. Larger ones are divided.
-#}
{% macro duckdb__exact_quotient(numerator, denominator, places) -%}
    {%- set n = 'cast(' ~ numerator ~ ' as decimal(28, 6))' -%}
    {%- set d = 'cast(' ~ denominator ~ ' as decimal(28, 6))' -%}
    {%- set one = '1' ~ '0' * places -%}
    {%- set guess = 'cast(round(abs(cast(' ~ n ~ ' as double) / cast(' ~ d ~ ' as double)) * ' ~ one ~ ') as bigint)' -%}
    {%- set left_twice = '2 * (abs(' ~ n ~ ') * ' ~ one ~ ' - ' ~ guess ~ ' * abs(' ~ d ~ '))' -%}
    {%- set whole_n, whole_d = 'cast(' ~ n ~ ' * 1000000 as hugeint)', 'cast(' ~ d ~ ' * 1000000 as hugeint)' -%}
    cast(sign({{ n }}) * sign({{ d }}) * case
        when abs({{ n }}) < 1000000000000000 and abs({{ n }}) < abs({{ d }}) * 1{{ '0' * (14 - places) }}
            then {{ guess }} + case when {{ left_twice }} >= abs({{ d }}) then 1 when {{ left_twice }} < -abs({{ d }}) then -1 else 0 end
        else divide(2 * abs({{ whole_n }}) * {{ one }} + abs({{ whole_d }}), 2 * nullif(abs({{ whole_d }}), 0))
    end as decimal(28, 0)) * cast(0.{{ '0' * (places - 1) }}1 as decimal({{ places }}, {{ places }}))
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
