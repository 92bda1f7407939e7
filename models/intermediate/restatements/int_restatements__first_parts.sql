{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns', pre_hook='{{ forget_unpublished() }}') }}

with figures as (
    select * from {{ ref('int_restatements__recent_parts') }}
),

kept as (
    {{ kept_so_far(['policy', 'month', 'metric']) }}
),

final as (
    select figures.*, {{ reported_by() }}
    from figures
    left join kept
        on figures.policy = kept.policy
        and figures.month = kept.month
        and figures.metric = kept.metric
    where kept.month is null
)

select * from final
