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
        or accounts.created_at is null
    group by policies.policy, accounts.billing_entity, {{ counted_account('accounts') }}
),

-- Accounts that started before usage was recorded may have found value before that too. A group starts with the first of its accounts
-- that says when; one in which none says has no start, and what an undated account of it found is the group's.
final as (
    select
        customers.policy,
        customers.account_id,
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
)

select * from final
