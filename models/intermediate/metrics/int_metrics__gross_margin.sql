with costs as (
    select * from {{ ref('int_metrics__recurring_costs') }}
),

-- A cost without an entity is shared by all: it counts in the whole and in no entity.
by_dimension as (
    select month, 'all' as dimension, 'all' as dimension_value, sum(cost) as recurring_cost
    from costs
    group by month
    union all
    select month, 'billing_entity' as dimension, billing_entity as dimension_value, sum(cost) as recurring_cost
    from costs
    where billing_entity is not null
    group by month, billing_entity
),

-- A cost of a month without revenue is a cost: there is no margin then, but a numerator.
final as (
    select
        policies.policy,
        by_dimension.month,
        by_dimension.dimension,
        by_dimension.dimension_value,
        by_dimension.recurring_cost,
        {{ safe_ratio(
            'revenue.recurring_revenue - by_dimension.recurring_cost', 'revenue.recurring_revenue'
        ) }} as gross_margin
    from by_dimension
    cross join {{ ref('int_policies') }} as policies
    left join {{ ref('int_metrics__revenue') }} as revenue
        on policies.policy = revenue.policy
        and by_dimension.month = revenue.month
        and by_dimension.dimension = revenue.dimension
        and by_dimension.dimension_value = revenue.dimension_value
)

select * from final
