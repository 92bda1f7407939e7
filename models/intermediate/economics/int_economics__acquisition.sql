with costs as (
    select * from {{ ref('int_economics__acquisition_costs') }}
),

-- A segment is known from the first month in which it has a figure of revenue.
segments as (
    select policy, dimension, dimension_value, min(month) as first_month
    from {{ ref('int_metrics__values') }}
    where metric = 'mrr'
    group by policy, dimension, dimension_value
),

-- What a cost says of itself puts it in a segment: its entity, its channel, or a segment value, which belongs to
-- whatever dimension has it. A cost that says nothing counts in the whole alone.
final as (
    select
        segments.policy,
        costs.month,
        segments.dimension,
        segments.dimension_value,
        sum(costs.acquisition_cost) as acquisition_cost,
        sum(costs.paid_media_cost) as paid_media_cost
    from costs
    inner join segments
        on segments.dimension_value = case segments.dimension
            when 'all' then 'all'
            when 'billing_entity' then costs.billing_entity
            when 'channel' then costs.channel
            else costs.segment_value
        end
        and costs.month >= segments.first_month
    where costs.month <= {{ as_of_month() }}
    group by segments.policy, costs.month, segments.dimension, segments.dimension_value
)

select * from final
