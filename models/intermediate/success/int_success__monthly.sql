with metrics as (
    select * from {{ ref('int_metrics__monthly') }}
    where is_reported
        and (dimension = 'all' or closing_mrr <> 0)
),

reps as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        is_provisional,
        closing_mrr,
        closing_accounts,
        case dimension_value when '(unassigned)' then 0 else closing_mrr end as assigned_mrr,
        case dimension_value when '(unassigned)' then 0 else closing_accounts end as assigned_accounts,
        csm_fte
    from {{ ref('int_success__csm_monthly') }}
),

-- The whole is the sum of its reps, to the last digit; reps are of no segment, so a segment has no full-time equivalents.
assigned as (
    select
        policy,
        month,
        'all' as dimension,
        'all' as dimension_value,
        sum(assigned_mrr) as assigned_mrr,
        sum(assigned_accounts) as assigned_accounts,
        sum(csm_fte) as csm_fte
    from reps
    group by policy, month
    union all
    select
        policy,
        month,
        dimension,
        dimension_value,
        assigned_mrr,
        assigned_accounts,
        cast(null as {{ type_of('decimal') }}) as csm_fte
    from {{ ref('int_success__coverage') }}
    where dimension <> 'all'
),

sources as (
    select
        (select count(*) from {{ ref('int_success__assignments') }}) > 0 as has_assignments,
        (select count(*) from {{ ref('int_success__fte') }}) > 0 as has_csms
),

figures as (
    select * from reps
    union all
    select
        metrics.policy,
        metrics.month,
        metrics.dimension,
        metrics.dimension_value,
        metrics.is_provisional,
        metrics.closing_mrr,
        metrics.closing_accounts,
        coalesce(assigned.assigned_mrr, 0) as assigned_mrr,
        coalesce(assigned.assigned_accounts, 0) as assigned_accounts,
        assigned.csm_fte
    from metrics
    left join assigned
        on {{ same('metrics', 'assigned', ['policy', 'month', 'dimension', 'dimension_value']) }}
)

select
    figures.*,
    sources.has_assignments,
    sources.has_csms
from figures
cross join sources
