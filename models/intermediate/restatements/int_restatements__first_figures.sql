{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns', pre_hook='{{ forget_unpublished() }}') }}

with closed_months as (
    select month from {{ ref('int_calendar__months') }}
    where is_closed
),

figures as (
    select monthly_metrics.*
    from {{ ref('monthly_metrics') }} as monthly_metrics
    inner join closed_months on monthly_metrics.month = closed_months.month
),

kept as (
    {{ kept_so_far(['policy', 'month', 'metric', 'dimension']) }}
),

-- A metric's month is kept whole, once: a segment that appears in it later wasn't reported.
final as (
    select
        figures.policy,
        figures.month,
        figures.metric,
        figures.dimension,
        figures.dimension_value,
        figures.numerator,
        figures.denominator,
        figures.value,
        figures.unit,
        figures.sample_size,
        {{ reported_by() }}
    from figures
    left join kept
        on figures.policy = kept.policy
        and figures.month = kept.month
        and figures.metric = kept.metric
        and figures.dimension = kept.dimension
    where kept.month is null
)

select * from final
