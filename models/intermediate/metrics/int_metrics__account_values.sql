{{ config(materialized="view") }}

-- Only money has a currency; its value is in the reporting currency, at the rate of the month's end.
select
    intervals.policy,
    intervals.billing_entity,
    intervals.account_id,
    months.month,
    intervals.measure,
    case
        when intervals.currency = '(none)' then cast(intervals.value as {{ type_of('money') }})
        else {{ in_reporting_currency('intervals.value', 'rates.rate') }}
    end as value
from {{ ref('int_metrics__account_intervals') }} as intervals
inner join {{ ref('int_calendar__months') }} as months
    on intervals.month_from <= months.month
    and intervals.month_to > months.month
left join {{ ref('contract_month_rates') }} as rates
    on intervals.currency = rates.currency
    and months.month = rates.month
