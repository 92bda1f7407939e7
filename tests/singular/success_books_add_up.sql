-- The books of all reps and what is unassigned add up to the company: balances and accounts to the last stored digit,
-- then and now of retention exactly. What a rep keeps is the smaller of both for each part, so it can only be less.
{%- set additive = ['mrr', 'arr', 'opening_mrr', 'accounts', 'arr_per_csm', 'accounts_per_csm', 'csm_fte'] %}
with metrics as (
    select * from {{ ref('monthly_metrics') }}
    where metric in ('{{ additive | join("', '") }}')
),

by_rep as (
    select policy, month, metric, sum(numerator) as numerator, sum(denominator) as denominator
    from metrics
    where dimension = 'csm'
    group by policy, month, metric
),

books as (
    select
        policy,
        month,
        {%- for horizon in [1, 12] %}
        sum(then_mrr_{{ horizon }}m) as then_mrr_{{ horizon }}m,
        sum(now_mrr_{{ horizon }}m) as now_mrr_{{ horizon }}m,
        sum(kept_mrr_{{ horizon }}m) as kept_mrr_{{ horizon }}m,
        sum(accounts_then_{{ horizon }}m) as accounts_then_{{ horizon }}m,
        {%- endfor %}
        sum(churn_accounts) as churn_accounts
    from {{ ref('int_success__books') }}
    group by policy, month
),

assigned as (
    select policy, month, sum(closing_mrr) as mrr, sum(closing_accounts) as accounts
    from {{ ref('int_success__books') }}
    where csm_id <> '(unassigned)'
    group by policy, month
)

select metrics.policy, metrics.month, metrics.metric as what
from metrics
left join by_rep on {{ same('metrics', 'by_rep', ['policy', 'month', 'metric']) }}
where metrics.dimension = 'all'
    and exists (select 1 from {{ ref('int_success__assignments') }})
    and (
        metrics.numerator <> coalesce(by_rep.numerator, 0)
        or coalesce(metrics.denominator, 0) <> coalesce(by_rep.denominator, 0)
    )
{%- for horizon in [1, 12] %}
union all
select books.policy, books.month, 'retention over {{ horizon }} months' as what
from books
inner join {{ ref('int_metrics__retention') }} as retention
    on books.policy = retention.policy
    and books.month = retention.month
    and retention.dimension = 'all'
    and retention.horizon_months = {{ horizon }}
where books.then_mrr_{{ horizon }}m <> retention.then_mrr
    or books.now_mrr_{{ horizon }}m <> retention.now_mrr
    or books.kept_mrr_{{ horizon }}m > retention.kept_mrr
    or books.accounts_then_{{ horizon }}m <> retention.accounts_then
    {%- if horizon == 1 %}
    or books.churn_accounts <> retention.accounts_then - retention.accounts_kept
    {%- endif %}
{%- endfor %}
union all
select coverage.policy, coverage.month, 'coverage' as what
from {{ ref('int_success__coverage') }} as coverage
left join assigned on {{ same('coverage', 'assigned', ['policy', 'month']) }}
where coverage.dimension = 'all'
    and (coverage.assigned_mrr <> assigned.mrr or coverage.assigned_accounts <> assigned.accounts)
