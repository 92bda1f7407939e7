with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

ties as (
    select ties.*
    from {{ ref('monthly_tie_out') }} as ties
    inner join last_month
        on
            ties.month > {{ add_months('last_month.month', -3) }}
            and ties.month <= last_month.month
)

-- Currencies are never added up, so each has its line.
select
    month,
    billing_entity,
    currency,
    invoices,
    untied_invoices,
    invoiced_amount,
    net_amount,
    tax_amount,
    difference
from ties
order by month, billing_entity, currency
