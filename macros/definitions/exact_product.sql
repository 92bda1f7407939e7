{#-
    amount x factor, rounded to so many decimal places, the same on every engine: as decimals whose product fits (the
    amount below 10^16, the factor below 10^4, with eight decimals).
-#}
{% macro exact_product(amount, factor, places) -%}
    cast(cast({{ amount }} as decimal(24, {{ places }})) * cast({{ factor }} as decimal(12, 8)) as decimal(28, {{ places }}))
{%- endmacro %}


{#-
    A price x quantity, rounded once, to six decimals: exact, as the price has fourteen decimals and the quantity six. The
    two are too long for one product, so the price's first six decimals and the others are multiplied each by themselves.
    Nearly all prices end before the seventh, and nearly all quantities are whole: then there's nothing to round, and
    DuckDB needs no slow division of 128 bits.
-#}
{% macro price_of_quantity(price, quantity) -%}
    case
        when {{ price }} = {{ first_decimals(price) }} and {{ quantity }} = cast({{ quantity }} as decimal(12, 0))
            then cast({{ first_decimals(price) }} * cast({{ quantity }} as decimal(12, 0)) as {{ type_of('decimal') }})
        else cast(
            {{ first_decimals(price) }} * {{ quantity }}
            + cast({{ price }} - {{ first_decimals(price) }} as {{ type_of('price_rest') }}) * {{ quantity }}
            as {{ type_of('decimal') }}
        )
    end
{%- endmacro %}


{#- A price rounded to six decimals: by how many it is multiplied before it's said whether the product is too large. -#}
{% macro first_decimals(price) -%}
    cast({{ price }} as decimal(20, 6))
{%- endmacro %}
