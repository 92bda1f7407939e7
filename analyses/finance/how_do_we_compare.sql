with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
)

select
    positions.metric,
    positions.compared_value as ours,
    positions.low,
    positions.median,
    positions.high,
    positions.position,
    positions.is_favourable,
    positions.source,
    positions.source_year
from {{ ref('benchmark_positions') }} as positions
inner join last_month on positions.month = last_month.month
where positions.policy = 'standard'
order by positions.metric, positions.source_year desc, positions.benchmark_id
