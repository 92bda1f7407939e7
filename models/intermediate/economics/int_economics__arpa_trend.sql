{%- set segment = ['policy', 'dimension', 'dimension_value'] -%}
with months as (
    select policy, month, dimension, dimension_value from {{ ref('int_metrics__monthly') }}
),

points as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        new_accounts,
        cast({{ exact_quotient('new_mrr', 'new_accounts', 6) }} as {{ type_of('figure') }}) as arpa_new
    from {{ ref('int_metrics__monthly') }}
    where new_accounts > 0
),

windows as (
    select 6 as window_months
    union all
    select 12 as window_months
),

-- The points of a window, their months counted from its last one.
placed as (
    select
        months.policy,
        months.month,
        months.dimension,
        months.dimension_value,
        windows.window_months,
        points.new_accounts,
        points.arpa_new as y,
        {{ month_number('points.month') }} - {{ month_number('months.month') }} as x
    from months
    inner join points
        on {{ same('months', 'points', segment) }}
        and months.month >= points.month
    inner join windows
        on months.month < {{ add_months('points.month', 'windows.window_months') }}
),

sums as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        window_months,
        count(*) as points,
        sum(new_accounts) as new_accounts,
        sum(x) as sum_x,
        sum(x * x) as sum_xx,
        sum(y) as sum_y,
        sum(cast(x * y as {{ type_of('figure') }})) as sum_xy
    from placed
    group by policy, month, dimension, dimension_value, window_months
),

-- Least squares. Through two points there always is a line: it takes three to show a trend.
final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        window_months,
        points,
        new_accounts,
        case when points >= 3 then points * sum_xy - sum_x * sum_y end as slope_numerator,
        case when points >= 3 then points * sum_xx - sum_x * sum_x end as slope_denominator
    from sums
)

select * from final
