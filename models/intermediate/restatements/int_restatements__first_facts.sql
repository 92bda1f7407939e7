{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns', pre_hook='{{ forget_unpublished() }}') }}

with figures as (
    select distinct month from {{ ref('int_restatements__first_figures') }}
),

kept as (
    {{ kept_so_far(['month']) }}
),

new_months as (
    select figures.month, {{ is_kept_by_account('figures.month') }} as is_by_account
    from figures
    left join kept on figures.month = kept.month
    where kept.month is null
),

final as (
    {{ facts_up_to('new_months') }}
)

select final.*, {{ reported_by() }}
from final
