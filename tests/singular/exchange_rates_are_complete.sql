-- A month that needs an exchange rate and has none can't be valued, so nothing is: no row is left out, no rate made up.
-- Each row is a gap between two rates of a currency, with what is in it.
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
where not is_tolerated
