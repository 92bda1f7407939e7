{{ kept_for_good() }}

with new_months as (
    select months.month, {{ is_kept_by_account('months.month') }} as is_by_account
    from ({{ reported_now(['month']) }}) as months
    {{ not_kept_yet('months', ['month']) }}
),

final as (
    {{ facts_up_to('new_months') }}
)

select
    month,
    billing_entity,
    account_id,
    source_rows,
    key_hash,
    content_hash,
    {{ reported_by() }}
from final
