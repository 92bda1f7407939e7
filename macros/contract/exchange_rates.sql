{#- The currencies that amounts may be in: those with a rate into the reporting currency, and that one itself. -#}
{% macro known_currencies() -%}
    select from_currency as currency
    from {{ ref('contract_exchange_rates') }}
    where to_currency = {{ as_text_literal(var("reporting_currency")) }}
    union distinct
    select {{ as_text_literal(var("reporting_currency")) }} as currency
{%- endmacro %}


{#- The months without a rate between two rates, and the rates to add, as a sentence. -#}
{% macro rate_gap_message() -%}
    {%- set text = type_of('text') -%}
    {%- set days = var('exchange_rate_max_age_days') -%}
currency || ' has no exchange rate ' || case
    when last_rate_on is null then 'before ' || cast(next_rate_on as {{ text }})
    when next_rate_on is null then 'after ' || cast(last_rate_on as {{ text }})
    else 'between ' || cast(last_rate_on as {{ text }}) || ' and ' || cast(next_rate_on as {{ text }})
end || '; ' || case
    when is_tolerated
        then {{ month_as_text('last_month') }} || ' is the current month and is valued at that one: see whether the rates still come'
    when first_month < last_month
        then
            {{ month_as_text('first_month') }} || ' to ' || {{ month_as_text('last_month') }}
            || ' need one of the last {{ days }} days of each month: add them to exchange_rates'
    else
        {{ month_as_text('last_month') }} || ' needs one of ' || cast({{ add_days('closes_on', -days) }} as {{ text }})
        || ' to ' || cast({{ add_days('closes_on', -1) }} as {{ text }}) || ': add it to exchange_rates'
end || case
    when is_tolerated or last_rate_on is null or last_rate_on < {{ add_days('closes_on', -31) }} then ''
    else ', or raise exchange_rate_max_age_days to ' || cast({{ days_between('last_rate_on', 'closes_on') }} as {{ text }})
end
{%- endmacro %}


{#- A month as it is written: 2024-03. -#}
{% macro month_as_text(month) -%}
    substr(cast({{ month }} as {{ type_of('text') }}), 1, 7)
{%- endmacro %}


{#- The gaps between exchange rates for which a condition holds, as a data test shows them. -#}
{% macro rate_gaps(condition) -%}
    select
        message,
        currency,
        first_month,
        last_month,
        last_rate_on,
        next_rate_on,
        accounts,
        subscription_items,
        invoice_lines,
        costs,
        amount
    from {{ ref('contract_rate_gaps') }}
    where {{ condition }}
{%- endmacro %}
