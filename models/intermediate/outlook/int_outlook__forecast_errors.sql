-- Below one unit of the currency there is nothing to be a share of.
with outcomes as (
    select
        policy,
        dimension,
        dimension_value,
        horizon,
        origin_month,
        -- What came out a thousand times as high says no more than that.
        least({{ safe_ratio('actual_mrr', 'forecast_mrr') }}, 1000) as outcome_ratio,
        {{ safe_ratio('forecast_mrr - actual_mrr', 'actual_mrr') }} as error
    from {{ ref('int_outlook__forecasts') }}
    where forecast_mrr >= 1
        and actual_mrr >= 1
),

placed as (
    select
        policy,
        dimension,
        dimension_value,
        horizon,
        origin_month,
        outcome_ratio,
        error,
        row_number() over (
            partition by policy, dimension, dimension_value, horizon order by outcome_ratio, origin_month
        ) as place,
        row_number() over (
            partition by policy, dimension, dimension_value, horizon order by outcome_ratio desc, origin_month desc
        ) as place_from_top,
        count(*) over (partition by policy, dimension, dimension_value, horizon) as backtests
    from outcomes
),

-- The band leaves out the same number of back-tests at either end.
measured as (
    select
        policy,
        dimension,
        dimension_value,
        horizon,
        min(origin_month) as first_origin_month,
        max(origin_month) as last_origin_month,
        count(*) as backtests,
        {{ exact_quotient('sum(abs(error))', 'count(*)', 6) }} as mean_absolute_percentage_error,
        {{ exact_quotient('sum(error)', 'count(*)', 6) }} as bias,
        min(case when place * {{ forecast_tail() }} > backtests then outcome_ratio end) as low_ratio,
        max(case when place_from_top * {{ forecast_tail() }} > backtests then outcome_ratio end) as high_ratio
    from placed
    group by policy, dimension, dimension_value, horizon
),

-- A band of too few is none.
final as (
    select
        policy,
        dimension,
        dimension_value,
        horizon,
        first_origin_month,
        last_origin_month,
        backtests,
        mean_absolute_percentage_error,
        bias,
        case when backtests >= {{ var('forecast_minimum_backtests') }} then low_ratio end as low_ratio,
        case when backtests >= {{ var('forecast_minimum_backtests') }} then high_ratio end as high_ratio
    from measured
)

select * from final
