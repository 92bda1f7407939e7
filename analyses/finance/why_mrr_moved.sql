with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

movements as (
    select * from {{ ref('fct_mrr_movements') }} where policy = 'standard'
),

summary as (
    select * from {{ ref('monthly_summary') }} where policy = 'standard'
),

-- Expansion and contraction by what caused them; the rest as it is.
by_cause as (
    select
        movements.month,
        movements.movement_type,
        'all' as cause,
        case when movements.movement_type = 'churn' then - movements.amount else movements.amount end as amount
    from movements
    where movements.movement_type in ('new', 'reactivation', 'churn')
    {%- for cause in ['seats', 'price', 'plan', 'add_on', 'discount'] %}
    union all
    select
        movements.month,
        movements.movement_type,
        '{{ cause }}' as cause,
        case when movements.movement_type = 'contraction' then - 1 else 1 end * movements.{{ cause }}_amount as amount
    from movements
    where movements.movement_type in ('expansion', 'contraction')
    {%- endfor %}
    union all
    select
        summary.month,
        'fx' as movement_type,
        'all' as cause,
        summary.fx_mrr as amount
    from summary
),

totals as (
    select
        by_cause.movement_type as movement,
        by_cause.cause,
        sum(case when by_cause.month > {{ add_months('last_month.month', -3) }} then by_cause.amount else 0 end) as last_quarter,
        sum(case when by_cause.month > {{ add_months('last_month.month', -3) }} then 0 else by_cause.amount end) as quarter_before
    from by_cause
    inner join last_month
        on
            by_cause.month > {{ add_months('last_month.month', -6) }}
            and by_cause.month <= last_month.month
    group by by_cause.movement_type, by_cause.cause
),

with_total as (
    select movement, cause, last_quarter, quarter_before, 1 as place from totals
    union all
    select 'change of MRR' as movement, 'all' as cause, sum(last_quarter), sum(quarter_before), 2 as place from totals
)

select
    movement,
    cause,
    round(last_quarter, 2) as last_quarter,
    round(quarter_before, 2) as quarter_before,
    round(last_quarter - quarter_before, 2) as difference
from with_total
where last_quarter <> 0 or quarter_before <> 0
order by place, last_quarter desc, movement, cause
