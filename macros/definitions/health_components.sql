{#- What an account's health is made of, each component with the column of account_health that has what is measured. -#}
{% macro health_components() -%}
    {{ return({
        'usage': 'usage_trend',
        'nps': 'nps_mean_score',
        'tickets': 'weighted_tickets',
        'satisfaction': 'mean_satisfaction',
        'billing': 'overdue_share',
        'tenure': 'tenure_months',
    }) }}
{%- endmacro %}


{#- Where a measure lies between a component's worst and best value, 0 to 100; beyond them it is 0 or 100. The measure is known. -#}
{% macro health_points(measure, worst_value, best_value) -%}
    greatest(0, least(100, {{ exact_quotient(
        '100 * (' ~ measure ~ ' - ' ~ worst_value ~ ')', '(' ~ best_value ~ ' - ' ~ worst_value ~ ')', 6
    ) }}))
{%- endmacro %}
