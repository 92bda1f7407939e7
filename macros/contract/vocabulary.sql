{#- A word as it is compared with a seed: in lower case, blanks and hyphens as underscores. -#}
{% macro word_of(expression) -%}
    replace(replace(lower({{ expression }}), ' ', '_'), '-', '_')
{%- endmacro %}


{#- The branch of a check's CASE for a word that the seed `vocabulary` doesn't know. -#}
{% macro word_reason(table, alias) -%}
    {%- if execute -%}
    {%- set column = vocabulary_column(table) -%}
    when {{ alias }}.known_word is null and {{ alias }}.{{ column.name }} is not null then 'invalid {{ column.name }}'
    {%- endif -%}
{%- endmacro %}


{#-
    The charge codes that a contract table has, as they are written there, with what the seed charge_code_rules says of
    them. Codes are few: only they are brought to one spelling, and rows are joined by the code as they have it.
-#}
{% macro charge_rules_of(table) -%}
    select
        codes.charge_type,
        rules.revenue_class,
        rules.reason
    from (select distinct charge_type from {{ ref(table) }}) as codes
    inner join {{ ref('charge_code_rules') }} as rules
        on {{ word_of('codes.charge_type') }} = {{ word_of('rules.charge_type') }}
{%- endmacro %}


{#- Amounts beyond this are taken for faults; products of two amounts stay within the decimals. -#}
{% macro largest_amount() -%}
    100000000000
{%- endmacro %}


{#-
    Whether an amount in a currency can be valued in every month from the one of first_day to the one of last_day,
    as far as they have begun (to now where last_day is NULL): rate_joins goes into the FROM, currency_reasons into the CASE.
-#}
{% macro rate_joins(currency, first_day, last_day) -%}
left join {{ ref('contract_rate_spans') }} as rate_spans
    on {{ currency }} = rate_spans.currency
    and rate_spans.month_from <= least({{ month_of(first_day) }}, {{ as_of_month() }})
    and rate_spans.month_to > least(coalesce({{ month_of(last_day) }}, {{ as_of_month() }}), {{ as_of_month() }})
left join (
    select distinct from_currency as currency
    from {{ ref('contract_exchange_rates') }}
    where to_currency = '{{ var("reporting_currency") }}'
) as known_currencies
    on {{ currency }} = known_currencies.currency
{%- endmacro %}

{% macro currency_reasons() -%}
when rate_spans.currency is null and known_currencies.currency is null then 'unknown currency'
        when rate_spans.currency is null then 'missing exchange rate'
{%- endmacro %}
