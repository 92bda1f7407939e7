{{ config(materialized="view") }}

-- Then and now at the same rate, the one of the window's end.
select
    pairs.policy,
    pairs.billing_entity,
    pairs.account_id,
    rates.month,
    pairs.horizon_months,
    {{ in_reporting_currency('pairs.then_mrr', 'rates.rate') }} as then_mrr,
    {{ in_reporting_currency('pairs.now_mrr', 'rates.rate') }} as now_mrr,
    {{ in_reporting_currency('least(pairs.then_mrr, pairs.now_mrr)', 'rates.rate') }} as kept_mrr,
    1 as accounts_then
from {{ ref('int_retention__pairs') }} as pairs
inner join {{ ref('contract_month_rates') }} as rates
    on pairs.mrr_currency = rates.currency
    and pairs.month_from <= rates.month
    and pairs.month_to > rates.month
where rates.month <= {{ as_of_month() }}
