with costs as (
    select * from {{ ref('contract_acquisition_costs') }}
    where cost_date < {{ as_of_cutoff() }}
),

by_currency as (
    select
        billing_entity,
        channel,
        segment_value,
        coalesce(is_paid_media, false) as is_paid_media,
        currency,
        {{ month_of('cost_date') }} as month,
        sum(amount) as amount
    from costs
    group by
        billing_entity, channel, segment_value, coalesce(is_paid_media, false), currency,
        {{ month_of('cost_date') }}
),

valued as (
    select
        by_currency.*,
        {{ in_reporting_currency('by_currency.amount', 'rates.rate', 'billed') }} as cost
    from by_currency
    inner join {{ ref('contract_month_rates') }} as rates
        on by_currency.currency = rates.currency
        and by_currency.month = rates.month
),

-- A cost counts in the month that its accounts are expected in; its rate is the one of its own month.
final as (
    select
        billing_entity,
        channel,
        segment_value,
        {{ add_months('month', var('cac_lag_months')) }} as month,
        month as cost_month,
        sum(cost) as acquisition_cost,
        sum(case when is_paid_media then cost else 0 end) as paid_media_cost
    from valued
    group by billing_entity, channel, segment_value, month
)

select * from final
