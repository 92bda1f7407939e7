{{ config(materialized="view") }}

with features as (
    select * from {{ ref('int_usage__features') }}
),

final as (
    {{ metric_values(usage_feature_metrics(), 'features') | indent(4) }}
)

select * from final
