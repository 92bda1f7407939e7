select
    costs.billing_entity,
    {{ month_of('costs.cost_date') }} as month,
    {{ in_reporting_currency('sum(costs.amount)', 'max(rates.rate)', 'billed') }} as cost
from {{ ref('contract_revenue_costs') }} as costs
inner join {{ ref('contract_month_rates') }} as rates
    on costs.currency = rates.currency
    and {{ month_of('costs.cost_date') }} = rates.month
where costs.revenue_stream = 'recurring'
    and costs.cost_date < {{ as_of_cutoff() }}
group by costs.billing_entity, costs.currency, {{ month_of('costs.cost_date') }}
