-- The values of every dimension add up to the whole.
{{ segments_that_dont_add_up(ref('int_metrics__mrr'), [
    'opening_mrr', 'new_mrr', 'reactivation_mrr', 'expansion_mrr', 'contraction_mrr', 'churn_mrr', 'fx_mrr', 'closing_mrr',
    'opening_accounts', 'closing_accounts',
]) }}
