{#- An amount at a month's rate, exact: amounts in a currency have four decimals and rates eight. In the reporting
    currency itself, whose rate is 1, an amount keeps the twelve decimals that it may have. -#}
{% macro in_reporting_currency(amount, rate) -%}
    case
        when {{ rate }} = 1 then cast({{ amount }} as {{ type_of('money') }})
        else cast(cast({{ amount }} as {{ type_of('total') }}) * {{ rate }} as {{ type_of('money') }})
    end
{%- endmacro %}
