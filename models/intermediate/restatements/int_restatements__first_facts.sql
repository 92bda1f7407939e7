{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns', pre_hook='{{ forget_unpublished() }}') }}

with new_months as (
    select months.month, {{ is_kept_by_account('months.month') }} as is_by_account
    from ({{ reported_now(['month']) }}) as months
    {{ not_kept_yet('months', ['month']) }}
),

final as (
    {{ facts_up_to('new_months') }}
)

select final.*, {{ reported_by() }}
from final
