{{ config(severity='warn') }}
-- Currencies whose last rate the month that isn't over is valued at, although it's older than that month needs it.
select
    message,
    currency,
    first_month,
    last_month,
    last_rate_on,
    next_rate_on,
    accounts,
    subscription_items,
    invoice_lines,
    costs,
    amount
from {{ ref('contract_rate_gaps') }}
where is_tolerated
