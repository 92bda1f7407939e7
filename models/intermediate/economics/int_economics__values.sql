{{ config(materialized="view") }}

with monthly as (
    select * from {{ ref('int_economics__monthly') }}
),

final as (
    {{ metric_values(economics_metrics(), 'monthly') | indent(4) }}
)

select * from final
