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


{#- Those that follow a trial: who has one of these is not on trial any more. -#}
{% macro statuses_after_a_trial() -%}
    'active', 'past_due', 'paused', 'unpaid'
{%- endmacro %}


{#- The most of a unit that a billing period can have: a century. Real contracts run to 1,515 days, or 10 years. -#}
{% macro largest_interval_count(interval_unit) -%}
    case {{ interval_unit }} when 'day' then 36525 when 'week' then 5218 when 'month' then 1200 when 'quarter' then 400 when 'year' then 100 end
{%- endmacro %}

{#- Full-time equivalents of a row of csms, which may be a partner's or a pooled team. -#}
{% macro largest_fte() -%}
    10000
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


{#-
    The largest amount, quantity or price x quantity: as much as twelve digits before the point hold (a contract of 5 million
    dollars a year is 125,000,000,000 dong). Sums of ten thousand such accounts stay within the types of sums.
-#}
{% macro largest_amount() -%}
    999999999999
{%- endmacro %}
