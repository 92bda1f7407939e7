with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

metrics as (
    select metrics.*
    from {{ ref('monthly_metrics') }} as metrics
    inner join last_month on metrics.month = last_month.month
    where
        metrics.policy = 'standard'
        and metrics.metric in ('nrr_12m', 'grr_12m')
        and metrics.dimension in ('industry', 'country', 'employee_band', 'plan')
),

segments as (
    select
        dimension,
        dimension_value,
        max(sample_size) as accounts_a_year_ago,
        max(case when metric = 'grr_12m' then denominator - numerator end) as mrr_lost,
        max(case when metric = 'grr_12m' then value end) as grr_12m,
        max(case when metric = 'nrr_12m' then value end) as nrr_12m
    from metrics
    where not is_small_sample
    group by dimension, dimension_value
)

select
    dimension,
    dimension_value,
    accounts_a_year_ago,
    round(mrr_lost, 2) as mrr_lost,
    grr_12m,
    nrr_12m
from segments
order by grr_12m, dimension, dimension_value
limit 12
