{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns', pre_hook='{{ forget_unpublished() }}') }}

with new_figures as (
    {{ reported_now(['policy', 'month', 'metric']) }}
),

final as (
    select parts.*, {{ reported_by() }}
    from {{ ref('int_restatements__recent_parts') }} as parts
    inner join new_figures on {{ same('parts', 'new_figures', ['policy', 'month', 'metric']) }}
    {{ not_kept_yet('parts', ['policy', 'month', 'metric']) }}
)

select * from final
