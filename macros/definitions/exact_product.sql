{#-
    amount x factor, rounded to so many decimal places, the same on every engine: as decimals whose product fits (the
    amount below 10^16, the factor below 10^4, with eight decimals).
-#}
{% macro exact_product(amount, factor, places) -%}
    cast(cast({{ amount }} as decimal(24, {{ places }})) * cast({{ factor }} as decimal(12, 8)) as decimal(28, {{ places }}))
{%- endmacro %}


{#-
    A price x quantity, rounded to six decimals. A whole quantity, as nearly all are, leaves the price its decimals: where
    there's nothing to round, DuckDB needs no slow division of 128 bits.
-#}
{% macro price_of_quantity(price, quantity) -%}
    case
        when {{ quantity }} = cast({{ quantity }} as decimal(12, 0))
            then cast(cast({{ price }} as decimal(24, 6)) * cast({{ quantity }} as decimal(12, 0)) as {{ type_of('decimal') }})
        else cast(cast({{ price }} as decimal(28, 6)) * {{ quantity }} as {{ type_of('decimal') }})
    end
{%- endmacro %}
