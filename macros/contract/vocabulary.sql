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

{#-
    The largest amount, quantity or price x quantity: as much as twelve digits before the point hold (a contract of 5 million
    dollars a year is 125,000,000,000 dong). Sums of ten thousand such accounts stay within the types of sums.
-#}
{% macro largest_amount() -%}
    999999999999
{%- endmacro %}
