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

counted as (
    select
        policies.policy,
        revenue.billing_entity,
        {{ counted_account('revenue') }} as account_id,
        revenue.month,
        revenue.currency as revenue_currency,
        revenue.revenue,
        revenue.recurring_revenue
    from revenue
    inner join ancestors
        on revenue.billing_entity = ancestors.billing_entity
        and revenue.account_id = ancestors.account_id
    cross join policies
),

segmented as (
    select
        counted.*,
        {{ prefixed('periods', dimensions()[1:]) | join(',\n        ') }}
    from counted
    inner join periods
        on {{ same_account('counted', 'periods') }}
        and counted.month >= periods.month_from
        and counted.month < periods.month_to
),

totals as (
    select
        segmented.policy,
        segmented.month,
        segmented.revenue_currency,
        {{ dimension_columns('segmented') }},
        sum(segmented.revenue) as revenue,
        sum(segmented.recurring_revenue) as recurring_revenue
    from segmented
    {{ group_by_dimensions('segmented', ['segmented.policy', 'segmented.month', 'segmented.revenue_currency']) }}
),

final as (
    select
        totals.policy,
        totals.month,
        totals.dimension,
        totals.dimension_value,
        sum({{ in_reporting_currency('totals.revenue', 'rates.rate', 'billed') }}) as recognised_revenue,
        sum({{ in_reporting_currency('totals.recurring_revenue', 'rates.rate', 'billed') }}) as recurring_revenue
    from totals
    inner join {{ ref('contract_month_rates') }} as rates
        on totals.revenue_currency = rates.currency
        and totals.month = rates.month
    group by totals.policy, totals.month, totals.dimension, totals.dimension_value
)

select * from final
