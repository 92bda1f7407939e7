select
    month,
    horizon as months_ahead,
    round(low_mrr, 2) as low_mrr,
    round(forecast_mrr, 2) as forecast_mrr,
    round(high_mrr, 2) as high_mrr,
    backtests,
    mean_absolute_percentage_error as mean_error_rate,
    bias as bias_rate
from {{ ref('mrr_forecast') }}
where
    policy = 'standard'
    and dimension = 'all'
    and horizon in (1, 3, 6, 12)
order by horizon
