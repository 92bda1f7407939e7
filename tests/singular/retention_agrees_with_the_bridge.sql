-- Over one month, retention and the bridge are two ways to the same figures, for the whole company: what was
-- there, at the month's rates, is the opening and fx; what is left of it is that with the movements of those who
-- were there. Retention without expansion is never above 1, nor above retention with it. (An account whose MRR is
-- below 0 is in the bridge and pays nothing that could be kept; its months are left out.)
with retention as (
    select * from {{ ref('int_metrics__retention') }}
),

mrr as (
    select * from {{ ref('int_metrics__mrr') }}
),

negative as (
    select distinct balances.policy, balances.billing_entity, months.month
    from {{ ref('int_mrr__balances') }} as balances
    inner join {{ ref('int_calendar__months') }} as months
        on balances.month_from <= months.month
        and balances.month_to >= months.month
    where balances.closing_mrr < 0
),

compared as (
    select retention.*
    from retention
    left join negative
        on retention.policy = negative.policy
        and retention.month = negative.month
        and (retention.dimension <> 'billing_entity' or retention.dimension_value = negative.billing_entity)
    where negative.month is null
)

select retention.policy, retention.month, retention.dimension, retention.dimension_value, 'bridge' as problem
from compared as retention
inner join mrr on {{ same('retention', 'mrr', ['policy', 'month', 'dimension', 'dimension_value']) }}
where retention.horizon_months = 1
    and (
        retention.then_mrr <> mrr.opening_mrr + mrr.fx_mrr
        or retention.now_mrr <> mrr.opening_mrr + mrr.fx_mrr + mrr.expansion_mrr - mrr.contraction_mrr - mrr.churn_mrr
        or retention.kept_mrr <> mrr.opening_mrr + mrr.fx_mrr - mrr.contraction_mrr - mrr.churn_mrr
        or retention.accounts_then <> mrr.opening_accounts
        or retention.accounts_kept <> mrr.opening_accounts - mrr.churn_accounts
    )
union all
select policy, month, dimension, dimension_value, 'order' as problem
from retention
where kept_mrr > then_mrr or kept_mrr > now_mrr or kept_mrr < 0
