{#- What several of Stripe's staging models do alike. The CTEs that a macro reads are named after the source's tables. -#}

{#- An amount in a currency's minor unit as one in its major unit. -#}
{% macro stripe_amount(amount, unit_value) -%}
    cast(
        cast({{ amount }} as decimal(26, 6)) * coalesce({{ unit_value }}, cast(0.01 as decimal(9, 6))) as {{ type_of('decimal') }}
    )
{%- endmacro %}


{#- The same of a price, which Stripe gives with twelve decimals of the minor unit. -#}
{% macro stripe_price(amount, unit_value) -%}
    cast(
        cast({{ amount }} as {{ type_of('price') }}) * coalesce({{ unit_value }}, cast(0.01 as decimal(9, 6))) as {{ type_of('price') }}
    )
{%- endmacro %}


{#- amount x part / whole in whole minor units, halves away from zero; 0 where there is no whole. -#}
{% macro stripe_share(amount, part, whole) -%}
    coalesce(100 * {{ exact_quotient(
        'cast(' ~ amount ~ ' as decimal(20, 0)) * cast(' ~ part ~ ' as decimal(18, 0)) * 0.01', whole, 2
    ) }}, 0)
{%- endmacro %}


{#- A line's share of an amount of its document: what is shared out up to it, less what was up to the line before. -#}
{% macro stripe_running_share(amount, weight, weights) -%}
    {%- set running = 'sum(' ~ weight ~ ') over (partition by document_id order by ' ~ by_bytes('line_id') ~ ' rows unbounded preceding)' -%}
    {{ stripe_share(amount, running, weights) }} - {{ stripe_share(amount, '(' ~ running ~ ' - ' ~ weight ~ ')', weights) }}
{%- endmacro %}


{#- A quantity in packages, where the price is one for packages of several units. -#}
{% macro stripe_packages(quantity) -%}
    case
        when price_list.package_size > 1 and price_list.package_rounding = 'down'
            then cast(floor({{ quantity }} / price_list.package_size) as {{ type_of('decimal') }})
        when price_list.package_size > 1
            then cast(ceil({{ quantity }} / price_list.package_size) as {{ type_of('decimal') }})
        else {{ quantity }}
    end
{%- endmacro %}
