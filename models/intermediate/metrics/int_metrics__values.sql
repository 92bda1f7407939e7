{{ config(materialized="view") }}

with monthly as (
    select * from {{ ref('int_metrics__monthly') }}
    where dimension = 'all'
        or opening_mrr <> 0
        or closing_mrr <> 0
        or recognised_revenue <> 0
        or users <> 0
        or opening_users <> 0
        or joined_and_left_accounts <> 0
        or pending_mrr <> 0
        or then_mrr_1m <> 0
        or then_mrr_12m <> 0
),

final as (
    {{ metric_values(revenue_metrics(), 'monthly') | indent(4) }}
)

select * from final
