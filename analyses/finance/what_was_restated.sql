select
    month,
    metric,
    reason,
    first_reported_on,
    first_value,
    current_value,
    value_part
from {{ ref('metric_restatements') }}
where
    policy = 'standard'
    and dimension = 'all'
    and metric in ('mrr', 'arr', 'customer_churn_rate', 'nrr_12m', 'grr_12m', 'recognised_revenue')
order by month desc, metric, reason
