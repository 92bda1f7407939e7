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
    A value in the contract's words. A word that says a period by itself (monthly, P3M) multiplies the count beside it;
    without a count it is that period once.
-#}
{% macro in_the_contract_s_words(column, versions, words) -%}
    {%- set value = versions ~ '.' ~ column.name -%}
    {%- if column.vocabulary -%}
    coalesce({{ words }}.meaning, {{ value }})
    {%- elif column.counts -%}
    case
            when {{ words }}.multiple is not null and coalesce({{ value }}, 1) between 1 and 100000
                then {{ words }}.multiple * coalesce({{ value }}, 1)
            else {{ value }}
        end
    {%- else -%}
    {{ value }}
    {%- endif -%}
{%- endmacro %}


{#- Those that follow a trial: who has one of these is not on trial any more. -#}
{% macro statuses_after_a_trial() -%}
    'active', 'past_due', 'paused', 'unpaid'
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
    The rows of a contract table with the class of what they charge: the one that the vendor states for the product, then
    the one of the rule for the charge code. revenue_class is NULL where neither is a class.
-#}
{% macro with_revenue_class(table) -%}
    select
        charges.*,
        products.product_id as known_product_id,
        products.charge_class,
        rules.reason as rule_reason,
        classes.revenue_class,
        classes.is_recurring
    from {{ ref(table) }} as charges
    left join {{ ref('contract_products') }} as products
        on charges.billing_entity = products.billing_entity
        and charges.product_id = products.product_id
    left join (
        {{ charge_rules_of(table) | indent(4) }}
    ) as rules
        on charges.charge_type = rules.charge_type
    left join {{ ref('revenue_classes') }} as classes
        on coalesce(products.charge_class, rules.revenue_class) = classes.revenue_class
{%- endmacro %}
