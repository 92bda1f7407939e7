-- Opening and movements make the closing, for every policy, month and segment, to the last digit.
select policy, month, dimension, dimension_value
from {{ ref('int_metrics__mrr') }}
where
    opening_mrr + new_mrr + reactivation_mrr + expansion_mrr - contraction_mrr - churn_mrr + fx_mrr <> closing_mrr
    or opening_accounts + new_accounts + reactivation_accounts - churn_accounts <> closing_accounts
