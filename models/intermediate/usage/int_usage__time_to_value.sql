with accounts as (
    select * from {{ ref('int_accounts__attributes') }}
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

months as (
    select * from {{ ref('int_calendar__months') }}
),

first_values as (
    select billing_entity, account_id, min(first_value_on) as first_value_on
    from {{ ref('int_usage__account_months') }}
    group by billing_entity, account_id
),

customers as (
    select
        policies.policy,
        accounts.billing_entity,
        {{ counted_account('accounts') }} as account_id,
        cast(min(accounts.created_at) as date) as started_on,
        min(first_values.first_value_on) as first_value_on
    from accounts
    inner join ancestors
        on accounts.billing_entity = ancestors.billing_entity
        and accounts.account_id = ancestors.account_id
    left join first_values
        on accounts.billing_entity = first_values.billing_entity
        and accounts.account_id = first_values.account_id
    cross join policies
    where accounts.created_at < {{ as_of_cutoff() }}
    group by policies.policy, accounts.billing_entity, {{ counted_account('accounts') }}
),

-- Who started before usage was recorded may have found value before that too.
starts as (
    select
        customers.policy,
        {{ month_of('customers.started_on') }} as started_month,
        customers.started_on,
        customers.first_value_on,
        {{ prefixed('periods', dimensions()) | join(',\n        ') }}
    from customers
    inner join {{ ref('int_usage__coverage') }} as coverage
        on customers.billing_entity = coverage.billing_entity
        and customers.started_on >= coverage.first_day
    inner join periods
        on {{ same_account('customers', 'periods') }}
        and {{ month_of('customers.started_on') }} >= periods.month_from
        and {{ month_of('customers.started_on') }} < periods.month_to
),

-- A month looks at those who started in the twelve months up to it, for as long as they can have been watched by its end.
watched as (
    select
        starts.policy,
        months.month,
        {{ prefixed('starts', dimensions()) | join(',\n        ') }},
        coalesce(starts.first_value_on < months.closes_on, 1 = 0) as is_event,
        greatest({{ days_between(
            'starts.started_on',
            "case when starts.first_value_on < months.closes_on then starts.first_value_on else " ~ add_days('months.closes_on', -1) ~ " end"
        ) }}, 0) as age
    from starts
    inner join months
        on starts.started_month <= months.month
        and starts.started_month > {{ add_months('months.month', -12) }}
),

ages as (
    select
        watched.policy,
        watched.month,
        {{ dimension_columns('watched') }},
        watched.age,
        watched.is_event,
        count(*) as weight
    from watched
    {{ group_by_dimensions('watched', ['watched.policy', 'watched.month', 'watched.age', 'watched.is_event']) }}
),

curves as (
    {{ kaplan_meier('ages', ['policy', 'month', 'dimension', 'dimension_value'], 366) }}
),

final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        max(at_risk) as started_accounts,
        cast(sum(events) as {{ type_of('integer') }}) as reached_accounts,
        min(case when survival <= 0.5 then age end) as median_days_to_value
    from curves
    group by policy, month, dimension, dimension_value
)

select * from final
