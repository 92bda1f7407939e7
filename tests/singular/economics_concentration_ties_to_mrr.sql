-- All levels of MRR together are the closing MRR and the paying accounts; a larger part of them never pays less.
-- (Where an account's MRR is below 0 the whole is smaller than what the others pay.)
with concentration as (
    select * from {{ ref('int_economics__concentration') }}
),

mrr as (
    select * from {{ ref('int_metrics__mrr') }}
),

negative as (
    select count(*) as balances from {{ ref('int_mrr__balances') }}
    where closing_mrr < 0
)

select mrr.policy, mrr.month, mrr.dimension, mrr.dimension_value, 'whole' as problem
from mrr
left join concentration on {{ same('mrr', 'concentration', ['policy', 'month', 'dimension', 'dimension_value']) }}
cross join negative
where mrr.closing_accounts <> coalesce(concentration.paying_accounts, 0)
    or cast(mrr.closing_mrr as {{ type_of('figure') }}) > coalesce(concentration.paying_mrr, 0)
    or (
        negative.balances = 0
        and cast(mrr.closing_mrr as {{ type_of('figure') }}) <> coalesce(concentration.paying_mrr, 0)
    )
union all
select policy, month, dimension, dimension_value, 'order' as problem
from concentration
where top_1pct_mrr > top_10pct_mrr
    or top_10pct_mrr > paying_mrr
    or top_n_accounts_mrr > paying_mrr
    or top_1pct_mrr * paying_accounts < paying_mrr
