{{ kept_for_good() }}

with closed_months as (
    select month from {{ ref('int_calendar__months') }}
    where is_closed
),

figures as (
    select monthly_metrics.*
    from {{ ref('monthly_metrics') }} as monthly_metrics
    inner join closed_months on monthly_metrics.month = closed_months.month
),

-- A metric's month is kept whole, once: a segment that appears in it later wasn't reported.
final as (
    select
        policy,
        month,
        metric,
        dimension,
        dimension_value,
        numerator,
        denominator,
        value,
        unit,
        sample_size,
        {{ reported_by() }}
    from figures
    {{ not_kept_yet('figures', ['policy', 'month', 'metric', 'dimension']) }}
)

select * from final
