with revenue as (
    select * from {{ ref('int_revenue__account_months') }}
),

ancestors as (
    select * from {{ ref('int_accounts__ancestors') }}
),

policies as (
    select * from {{ ref('int_policies') }}
),

periods as (
    select * from {{ ref('int_segments__periods') }}
    where is_first_currency
),

valued as (
    select
        policies.policy,
        revenue.billing_entity,
        {{ counted_account('revenue') }} as account_id,
        revenue.month,
        {{ in_reporting_currency('revenue.revenue', 'rates.rate') }} as recognised,
        {{ in_reporting_currency('revenue.recurring_revenue', 'rates.rate') }} as recurring
    from revenue
    inner join ancestors
        on revenue.billing_entity = ancestors.billing_entity
        and revenue.account_id = ancestors.account_id
    inner join {{ ref('contract_month_rates') }} as rates
        on revenue.currency = rates.currency
        and revenue.month = rates.month
    cross join policies
),

segmented as (
    select
        valued.*,
        {{ prefixed('periods', dimensions()[1:]) | join(',\n        ') }}
    from valued
    inner join periods
        on {{ same_account('valued', 'periods') }}
        and valued.month >= periods.month_from
        and valued.month < periods.month_to
),

final as (
    select
        segmented.policy,
        segmented.month,
        {{ dimension_columns('segmented') }},
        sum(segmented.recognised) as recognised_revenue,
        sum(segmented.recurring) as recurring_revenue
    from segmented
    {{ group_by_dimensions('segmented', ['segmented.policy', 'segmented.month']) }}
)

select * from final
