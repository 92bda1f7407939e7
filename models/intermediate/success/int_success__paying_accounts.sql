-- What the as-of month closes with, the next one opens with: there its segments are those of the close.
with periods as (
    select * from {{ ref('int_segments__periods') }}
    where is_paying
        and month_from <= {{ add_months(as_of_month(), 1) }}
        and month_to > {{ add_months(as_of_month(), 1) }}
),

rates as (
    select * from {{ ref('contract_month_rates') }}
    where month = {{ as_of_month() }}
)

select
    periods.policy,
    periods.billing_entity,
    periods.account_id,
    periods.plan,
    periods.spend_band,
    periods.industry,
    periods.employee_band,
    sum({{ in_reporting_currency('periods.opening_mrr', 'rates.rate') }}) as mrr
from periods
inner join rates on periods.mrr_currency = rates.currency
group by
    periods.policy,
    periods.billing_entity,
    periods.account_id,
    periods.plan,
    periods.spend_band,
    periods.industry,
    periods.employee_band
