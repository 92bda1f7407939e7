-- A month opens with what the month before closed with, for the whole company and each entity. (A segment may
-- gain and lose accounts between two months; a history that was cut off begins with an opening balance.)
with mrr as (
    select
        *,
        lag(closing_mrr) over (partition by policy, dimension, dimension_value order by month) as closed_mrr,
        lag(closing_accounts) over (partition by policy, dimension, dimension_value order by month) as closed_accounts
    from {{ ref('int_metrics__mrr') }}
    where dimension in ('all', 'billing_entity')
)

select policy, month, dimension, dimension_value, opening_mrr, closed_mrr, opening_accounts, closed_accounts
from mrr
where (opening_mrr <> closed_mrr or opening_accounts <> closed_accounts)
    and {{ 'false' if var('history_starts') else 'true' }}
