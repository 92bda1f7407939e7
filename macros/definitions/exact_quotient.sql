{#-
    numerator / denominator, rounded half away from zero to so many decimal places, the same on every engine:
    worked out in whole numbers, because a division in floating point rounds a tie one way here and another
    way there. Both are taken with six decimals; a denominator of 0 gives NULL.

    small: both are known to be below 10^11 and to have a denominator without decimals (faster on DuckDB).
-#}
{% macro exact_quotient(numerator, denominator, places, small=false) -%}
    {{ adapter.dispatch('exact_quotient', 'cs_metrics')(numerator, denominator, places, small) }}
{%- endmacro %}

{% macro default__exact_quotient(numerator, denominator, places, small) -%}
    round(cast({{ numerator }} as decimal(28, 6)) / nullif(cast({{ denominator }} as decimal(28, 6)), 0), {{ places }})
{%- endmacro %}

{% macro duckdb__exact_quotient(numerator, denominator, places, small) -%}
    {%- set one = '1' ~ '0' * 6 -%}
    {%- set unit = '0.' ~ '0' * (places - 1) ~ '1' -%}
    {%- if small -%}
    {%- set n = 'cast(cast(' ~ numerator ~ ' as decimal(28, 6)) * ' ~ one ~ ' as bigint)' -%}
    {%- set d = '(' ~ denominator ~ ') * ' ~ 10 ** (6 - places) -%}
    cast(
        sign({{ n }}) * divide(2 * abs({{ n }}) + {{ d }}, 2 * nullif({{ d }}, 0)) as decimal(18, 0)
    ) * cast({{ unit }} as decimal({{ places }}, {{ places }}))
    {%- else -%}
    {%- set n = 'cast(cast(' ~ numerator ~ ' as decimal(28, 6)) * ' ~ one ~ ' as hugeint)' -%}
    {%- set d = 'cast(cast(' ~ denominator ~ ' as decimal(28, 6)) * ' ~ one ~ ' as hugeint)' -%}
    cast(
        sign({{ n }}) * sign({{ d }})
        * divide(2 * abs({{ n }}) * {{ "1" ~ "0" * places }} + abs({{ d }}), 2 * nullif(abs({{ d }}), 0)) as decimal(28, 0)
    ) * cast({{ unit }} as decimal({{ places }}, {{ places }}))
    {%- endif -%}
{%- endmacro %}

{% macro redshift__exact_quotient(numerator, denominator, places, small) -%}
    {{ cs_metrics.default__exact_quotient(numerator, denominator, places, small) }}
{%- endmacro %}

{#- div() gives the whole part of a quotient of numerics, exactly. -#}
{% macro postgres__exact_quotient(numerator, denominator, places, small) -%}
    {%- set n = 'cast(' ~ numerator ~ ' as decimal(28, 6))' -%}
    {%- set d = 'cast(' ~ denominator ~ ' as decimal(28, 6))' -%}
    sign({{ n }}) * sign({{ d }})
    * div(2 * abs({{ n }}) * {{ 10 ** places }} + abs({{ d }}), 2 * nullif(abs({{ d }}), 0)) * {{ '0.' ~ '0' * (places - 1) ~ '1' }}
{%- endmacro %}
