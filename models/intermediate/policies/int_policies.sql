{%- if execute -%}{% do check_variables() %}{%- endif -%}

select
    policy,
    published_by,
    account_grain,
    discounts,
    week_months_numerator,
    week_months_denominator,
    day_months_numerator,
    day_months_denominator,
    pauses,
    churns_on,
    churn_rate_base,
    net_churn,
    ltv_margin,
    ltv_without_churn
from {{ ref('metric_policies') }}
where policy in ({{ as_text_literals(var("metric_policies")) }})
