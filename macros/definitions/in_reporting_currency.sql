{#-
    An amount at a month's rate, exact: amounts in a currency have four decimals and rates sixteen. In the reporting currency
    itself, whose rate is 1, an amount keeps the twenty decimals that it may have.

    kind: of amounts as they are billed or spent, which have six decimals, `billed`. With a rate of more than fourteen, their
    product ends at the twentieth decimal, rounded.
-#}
{% macro in_reporting_currency(amount, rate, kind='total') -%}
    case
        when {{ rate }} = 1 then cast({{ amount }} as {{ type_of('money') }})
        else {{ adapter.dispatch('amount_at_rate', 'cs_metrics')('cast(' ~ amount ~ ' as ' ~ type_of(kind) ~ ')', rate) }}
    end
{%- endmacro %}

{% macro default__amount_at_rate(amount, rate) -%}
    cast({{ amount }} * {{ rate }} as {{ type_of('money') }})
{%- endmacro %}

{#-
    A product keeps no more decimals there than the longer of its factors has, or twelve: what the rate has beyond its sixth
    decimal is multiplied with an amount that has money's decimals.
-#}
{% macro snowflake__amount_at_rate(amount, rate) -%}
    cast({{ amount }} * cast({{ rate }} as decimal(16, 6)) as {{ type_of('money') }})
    + cast(cast({{ amount }} as {{ type_of('money') }}) * cast({{ rate }} - cast({{ rate }} as decimal(16, 6)) as decimal(16, 16)) as {{ type_of('money') }})
{%- endmacro %}

{#- A product or sum whose type has more than 38 digits loses decimals there. -#}
{% macro redshift__amount_at_rate(amount, rate) -%}
    cast({{ amount }} * cast({{ rate }} as decimal(16, 6)) as decimal(37, 20))
    + cast({{ amount }} * cast({{ rate }} - cast({{ rate }} as decimal(16, 6)) as decimal(16, 16)) as decimal(37, 20))
{%- endmacro %}
