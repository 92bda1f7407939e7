{#- The values that the contract's code columns may have. -#}

{% macro subscription_statuses() -%}
    'incomplete', 'trialing', 'active', 'past_due', 'paused', 'unpaid', 'cancelled'
{%- endmacro %}

{% macro interval_units() -%}
    'day', 'week', 'month', 'quarter', 'year', 'once'
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
