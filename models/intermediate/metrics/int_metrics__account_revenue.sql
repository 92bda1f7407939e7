{{ config(materialized="view") }}

select
    policies.policy,
    revenue.billing_entity,
    {{ counted_account('revenue') }} as account_id,
    revenue.month,
    {{ in_reporting_currency('revenue.revenue', 'rates.rate', 'billed') }} as recognised_revenue,
    {{ in_reporting_currency('revenue.recurring_revenue', 'rates.rate', 'billed') }} as recurring_revenue
from {{ ref('int_revenue__account_months') }} as revenue
inner join {{ ref('int_accounts__ancestors') }} as ancestors
    on revenue.billing_entity = ancestors.billing_entity
    and revenue.account_id = ancestors.account_id
inner join {{ ref('contract_month_rates') }} as rates
    on revenue.currency = rates.currency
    and revenue.month = rates.month
cross join {{ ref('int_policies') }} as policies
