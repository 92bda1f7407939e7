with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

parts as (
    select contributions.*
    from {{ ref('metric_contributions') }} as contributions
    inner join last_month on contributions.month = last_month.month
    where
        contributions.policy = 'standard'
        and contributions.metric in ('nrr_12m', 'grr_12m')
        and contributions.dimension = 'all'
),

ranked as (
    select
        metric,
        numerator,
        denominator,
        row_number() over (
            partition by metric
            order by denominator desc, {{ by_bytes('billing_entity') }}, {{ by_bytes('account_id') }}
        ) as size_rank
    from parts
),

left_out as (
    {%- for count in [0, 1, 5, 10] %}
    select {{ count }} as largest_left_out
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
)

select
    ranked.metric,
    left_out.largest_left_out,
    count(*) as accounts,
    round(sum(ranked.denominator), 2) as mrr_a_year_ago,
    round(sum(ranked.numerator), 2) as mrr_kept,
    {{ safe_ratio('sum(ranked.numerator)', 'sum(ranked.denominator)') }} as retention_rate
from ranked
inner join left_out on ranked.size_rank > left_out.largest_left_out
group by ranked.metric, left_out.largest_left_out
order by ranked.metric desc, left_out.largest_left_out
