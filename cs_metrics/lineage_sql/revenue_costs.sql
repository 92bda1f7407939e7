found as (
    select costs.*
    from metrics_intermediate.contract_revenue_costs as costs
    cross join given
    where costs.revenue_stream = 'recurring'
        and costs.cost_date < given.closes
        and costs.cost_date >= given.month
)
select billing_entity, cost_id, cost_date, revenue_stream, amount, currency, source_system, loaded_at
from found
order by amount desc, cost_date, billing_entity, cost_id
