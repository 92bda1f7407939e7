{{ config(materialized="view") }}

-- depends_on: {{ ref('contract_rate_gaps') }}
-- Nothing is valued before the test of that table, exchange_rates_are_complete, has said that no rate is missing.
select
    currency,
    month,
    rate,
    rate_date,
    is_fresh
from {{ ref('contract_last_rates') }}
