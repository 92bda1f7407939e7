{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns', pre_hook='{{ forget_unpublished() }}') }}

with new_figures as (
    {{ reported_now(['policy', 'month']) }}
),

final as (
    select inputs.*, {{ reported_by() }}
    from {{ ref('int_restatements__inputs') }} as inputs
    inner join new_figures
        on inputs.policy = new_figures.policy
        and inputs.month = new_figures.month
    {{ not_kept_yet('inputs', ['policy', 'month']) }}
)

select * from final
