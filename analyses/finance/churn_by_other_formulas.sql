with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

year as (
    select
        sum(churned_accounts) as churned,
        sum(joined_and_left_accounts) as short_stays,
        sum(opening_accounts) as opening,
        sum(new_accounts) as won,
        sum(opening_mrr) as opening_mrr,
        sum(churned_mrr + contraction_mrr) as lost_mrr,
        sum(expansion_mrr) as expansion_mrr,
        sum(reactivation_mrr) as reactivation_mrr
    from {{ ref('monthly_summary') }} as summary
    inner join last_month
        on
            summary.month > {{ add_months('last_month.month', -12) }}
            and summary.month <= last_month.month
    where summary.policy = 'standard'
),

formulas as (
    select 1 as place, 'lost accounts / accounts at the opening' as formula, 'this project' as taken_by, churned as lost, opening as base from year
    union all
    select
        2 as place,
        '(lost + joined and left) / (opening + new + joined and left)' as formula,
        'Stripe' as taken_by,
        churned + short_stays as lost,
        opening + won + short_stays as base
    from year
    union all
    select 3 as place, '(churn + contraction) / opening MRR' as formula, 'this project: gross' as taken_by, lost_mrr as lost, opening_mrr as base from year
    union all
    select
        4 as place,
        '(churn + contraction - expansion) / opening MRR' as formula,
        'this project: net' as taken_by,
        lost_mrr - expansion_mrr as lost,
        opening_mrr as base
    from year
    union all
    select
        5 as place,
        '(churn + contraction - expansion - reactivation) / opening MRR' as formula,
        'ChartMogul: net' as taken_by,
        lost_mrr - expansion_mrr - reactivation_mrr as lost,
        opening_mrr as base
    from year
)

select
    formula,
    taken_by,
    round(lost, 2) as lost,
    round(base, 2) as base,
    {{ safe_ratio('lost', 'base') }} as monthly_rate
from formulas
order by place
