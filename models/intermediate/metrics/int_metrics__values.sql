{{ config(materialized="view") }}

with monthly as (
    select * from {{ ref('int_metrics__monthly') }}
    where is_reported
),

final as (
    {{ metric_values(revenue_metrics(), 'monthly') | indent(4) }}
)

select * from final
