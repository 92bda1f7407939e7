{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns', pre_hook='{{ forget_unpublished() }}') }}

with figures as (
    select distinct policy, month from {{ ref('int_restatements__first_figures') }}
),

kept as (
    {{ kept_so_far(['policy', 'month']) }}
),

final as (
    select inputs.*, {{ reported_by() }}
    from {{ ref('int_restatements__inputs') }} as inputs
    inner join figures
        on inputs.policy = figures.policy
        and inputs.month = figures.month
    left join kept
        on inputs.policy = kept.policy
        and inputs.month = kept.month
    where kept.month is null
)

select * from final
