with rates as (
    select * from {{ ref('int_outlook__recent_rates') }}
    where month = (select max(month) from {{ ref('int_outlook__recent_rates') }})
),

forecasts as (
    select * from {{ ref('int_outlook__forecasts') }}
),

errors as (
    select * from {{ ref('int_outlook__forecast_errors') }}
),

final as (
    select
        forecasts.policy,
        forecasts.dimension,
        forecasts.dimension_value,
        forecasts.month,
        forecasts.origin_month,
        cast(forecasts.horizon as {{ type_of('integer') }}) as horizon,
        'forecast' as kind,
        'recent movement rates, {{ var("forecast_window_months") }} months' as method,
        cast(forecasts.forecast_mrr as {{ type_of('figure') }}) as forecast_mrr,
        {{ exact_product('forecasts.forecast_mrr', 'errors.low_ratio', 6) }} as low_mrr,
        {{ exact_product('forecasts.forecast_mrr', 'errors.high_ratio', 6) }} as high_mrr,
        cast(coalesce(errors.backtests, 0) as {{ type_of('integer') }}) as backtests,
        cast(errors.mean_absolute_percentage_error as {{ type_of('value') }}) as mean_absolute_percentage_error,
        cast(errors.bias as {{ type_of('value') }}) as bias,
        rates.closing_mrr as origin_mrr,
        rates.arriving_mrr,
        rates.expansion_rate,
        rates.contraction_rate,
        rates.churn_rate
    from rates
    inner join forecasts
        on {{ same('rates', 'forecasts', ['policy', 'dimension', 'dimension_value']) }}
        and rates.month = forecasts.origin_month
    left join errors
        on {{ same('forecasts', 'errors', ['policy', 'dimension', 'dimension_value', 'horizon']) }}
)

select * from final
