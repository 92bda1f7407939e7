select
    policy,
    dimension,
    dimension_value,
    cohort_month,
    cast(months_since_start as {{ type_of('integer') }}) as months_since_start,
    cast(accounts_at_start as {{ type_of('integer') }}) as accounts_at_start,
    cast(accounts as {{ type_of('integer') }}) as accounts,
    cast({{ safe_ratio('accounts', 'accounts_at_start') }} as {{ type_of('value') }}) as account_retention_rate,
    cast(mrr_at_start as {{ type_of('figure') }}) as mrr_at_start,
    cast(mrr as {{ type_of('figure') }}) as mrr,
    cast({{ safe_ratio('mrr', 'mrr_at_start') }} as {{ type_of('value') }}) as mrr_retention_rate
from {{ ref('int_retention__cohorts') }}
