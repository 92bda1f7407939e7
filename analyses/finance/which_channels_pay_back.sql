with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

metrics as (
    select metrics.*
    from {{ ref('monthly_metrics') }} as metrics
    inner join last_month
        on
            metrics.month > {{ add_months('last_month.month', -12) }}
            and metrics.month <= last_month.month
    where
        metrics.policy = 'standard'
        and metrics.dimension in ('all', 'channel')
),

totals as (
    select
        dimension_value as channel,
        sum(case when metric = 'cac' then numerator end) as acquisition_cost,
        sum(case when metric = 'cac' then denominator end) as new_accounts,
        sum(case when metric = 'cac_payback_months' then numerator end) as paid_back,
        sum(case when metric = 'cac_payback_months' then denominator end) as monthly_margin_won,
        sum(case when metric = 'new_mrr' then numerator end) as new_mrr,
        sum(case when metric = 'customer_churn_rate' then numerator end) as churned,
        sum(case when metric = 'customer_churn_rate' then denominator end) as opening
    from metrics
    group by dimension_value
)

select
    channel,
    round(acquisition_cost, 2) as acquisition_cost,
    round(new_accounts, 0) as new_accounts,
    round(new_mrr, 2) as new_mrr,
    {{ safe_ratio('acquisition_cost', 'new_accounts') }} as cac,
    {{ safe_ratio('paid_back', 'monthly_margin_won') }} as payback_months,
    {{ safe_ratio('churned', 'opening') }} as monthly_churn_rate
from totals
order by case when channel = 'all' then 1 else 0 end, new_mrr desc, channel
