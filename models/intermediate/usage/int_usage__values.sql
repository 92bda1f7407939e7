{{ config(materialized="view") }}

with monthly as (
    select * from {{ ref('int_usage__monthly') }}
),

final as (
    {{ metric_values(usage_metrics(), 'monthly') | indent(4) }}
)

select * from final
