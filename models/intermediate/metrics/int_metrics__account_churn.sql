{{ config(materialized="view") }}

with periods as (
    select * from {{ ref('int_segments__periods') }}
    where is_paying and is_first_currency
),

recent as (
    {{- months_back(3) }}
)

-- Who opened one of the three months up to this one with MRR, and who was lost in it.
select
    periods.policy,
    periods.billing_entity,
    periods.account_id,
    recent.month,
    1 as opening_accounts_3m,
    case
        when periods.movement_type = 'churn' and recent.base_month = {{ add_months('periods.month_to', -1) }} then 1
        else 0
    end as churn_accounts_3m
from periods
inner join recent
    on periods.month_from <= recent.base_month
    and periods.month_to > recent.base_month
inner join {{ ref('contract_month_rates') }} as rates
    on periods.mrr_currency = rates.currency
    and recent.base_month = rates.month
