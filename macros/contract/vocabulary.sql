{#- The values that the contract's code columns may have. -#}

{% macro subscription_statuses() -%}
    'incomplete', 'trialing', 'active', 'past_due', 'paused', 'unpaid', 'cancelled'
{%- endmacro %}

{#- Those that follow a trial: who has one of these is not on trial any more. -#}
{% macro statuses_after_a_trial() -%}
    'active', 'past_due', 'paused', 'unpaid'
{%- endmacro %}

{% macro interval_units() -%}
    'day', 'week', 'month', 'quarter', 'year', 'once'
{%- endmacro %}

{#- The most of a unit that a billing period can have: a century. Real contracts run to 1,515 days, or 10 years. -#}
{% macro largest_interval_count(interval_unit) -%}
    case {{ interval_unit }} when 'day' then 36525 when 'week' then 5218 when 'month' then 1200 when 'quarter' then 400 when 'year' then 100 end
{%- endmacro %}

{#- Full-time equivalents of a row of csms, which may be a partner's or a pooled team. -#}
{% macro largest_fte() -%}
    10000
{%- endmacro %}

{#- Minutes of a user's day with a feature: ten sessions side by side, all day long. -#}
{% macro largest_minutes() -%}
    10 * 24 * 60
{%- endmacro %}

{% macro invoice_statuses() -%}
    'draft', 'open', 'paid', 'uncollectible', 'void'
{%- endmacro %}

{% macro discount_durations() -%}
    'once', 'repeating', 'forever'
{%- endmacro %}

{% macro survey_types() -%}
    'relationship', 'transactional', 'csat'
{%- endmacro %}

{% macro ticket_priorities() -%}
    'low', 'normal', 'high', 'urgent'
{%- endmacro %}

{% macro cost_categories() -%}
    'sales', 'marketing'
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
