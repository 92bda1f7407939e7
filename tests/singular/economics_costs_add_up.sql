-- What the whole company's CAC is made of is every accepted cost that counts in a month with figures; what the entities'
-- are made of is what they bore themselves.
with costs as (
    select
        month,
        sum(acquisition_cost) as cost,
        sum(case when billing_entity is not null then acquisition_cost else 0 end) as cost_of_entities
    from {{ ref('int_economics__acquisition_costs') }}
    group by month
),

counted as (
    select
        policy,
        month,
        sum(case when dimension = 'all' then acquisition_cost else 0 end) as cost,
        sum(case when dimension = 'billing_entity' then acquisition_cost else 0 end) as cost_of_entities
    from {{ ref('int_economics__acquisition') }}
    group by policy, month
)

select counted.policy, counted.month
from counted
inner join costs on counted.month = costs.month
where counted.cost <> costs.cost
    or counted.cost_of_entities > costs.cost_of_entities
