select
    policy,
    dimension,
    dimension_value,
    cast(horizon as {{ type_of('integer') }}) as horizon,
    first_origin_month,
    last_origin_month,
    cast(backtests as {{ type_of('integer') }}) as backtests,
    cast(mean_absolute_percentage_error as {{ type_of('value') }}) as mean_absolute_percentage_error,
    cast(bias as {{ type_of('value') }}) as bias,
    cast(low_ratio as {{ type_of('value') }}) as low_ratio,
    cast(high_ratio as {{ type_of('value') }}) as high_ratio
from {{ ref('int_outlook__forecast_errors') }}
