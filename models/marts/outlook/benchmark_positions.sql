with metrics as (
    select * from {{ ref('monthly_metrics') }}
    where dimension = 'all'
),

sizes as (
    select policy, month, value as arr
    from metrics
    where metric = 'arr'
),

benchmarks as (
    select * from {{ ref('int_outlook__benchmarks') }}
),

-- Those of the company's metrics that something is published of, for companies of its size.
compared as (
    select
        metrics.policy,
        metrics.month,
        metrics.metric,
        metrics.value,
        metrics.is_small_sample,
        metrics.is_provisional,
        sizes.arr,
        benchmarks.benchmark_id,
        benchmarks.unit,
        benchmarks.arr_from,
        benchmarks.arr_to,
        benchmarks.statistic,
        benchmarks.low,
        benchmarks.median,
        benchmarks.high,
        benchmarks.lower_edge,
        benchmarks.upper_edge,
        benchmarks.conversion,
        benchmarks.is_higher_better,
        benchmarks.source,
        benchmarks.source_year,
        benchmarks.note,
        case benchmarks.conversion
            when 'month_to_year' then {{ loss_of_a_year('metrics.value') }}
            else metrics.value
        end as compared_value
    from metrics
    inner join sizes
        on metrics.policy = sizes.policy
        and metrics.month = sizes.month
    inner join benchmarks
        on metrics.metric = benchmarks.metric
        and metrics.unit = benchmarks.unit
        and sizes.arr >= coalesce(benchmarks.arr_from, sizes.arr)
        and sizes.arr < coalesce(benchmarks.arr_to, sizes.arr + 1)
),

final as (
    select
        policy,
        month,
        benchmark_id,
        metric,
        cast(value as {{ type_of('value') }}) as value,
        conversion,
        cast(compared_value as {{ type_of('value') }}) as compared_value,
        unit,
        {{ benchmark_position('compared_value', 'lower_edge', 'upper_edge') }} as position,
        is_higher_better,
        case
            when compared_value > upper_edge then is_higher_better
            when compared_value < lower_edge then not is_higher_better
        end as is_favourable,
        statistic,
        cast(low as {{ type_of('decimal') }}) as low,
        cast(median as {{ type_of('decimal') }}) as median,
        cast(high as {{ type_of('decimal') }}) as high,
        cast(arr as {{ type_of('value') }}) as arr,
        cast(arr_from as {{ type_of('decimal') }}) as arr_from,
        cast(arr_to as {{ type_of('decimal') }}) as arr_to,
        source,
        cast(source_year as {{ type_of('integer') }}) as source_year,
        note,
        is_small_sample,
        is_provisional
    from compared
)

select * from final
