{{ config(materialized="view") }}

with policies as (
    select * from {{ ref('int_policies') }}
),

users as (
    select
        policies.policy,
        balances.billing_entity,
        {{ counted_account('balances') }} as account_id,
        balances.month_from,
        balances.month_to,
        balances.users
    from {{ ref('int_users__balances') }} as balances
    inner join {{ ref('int_accounts__ancestors') }} as ancestors
        on balances.billing_entity = ancestors.billing_entity
        and balances.account_id = ancestors.account_id
    cross join policies
),

final as (
    select
        policy,
        billing_entity,
        account_id,
        'users' as measure,
        '(none)' as currency,
        month_from,
        month_to,
        users as value
    from users
    union all
    -- Who is there when a month closes is there when the next one opens.
    select
        policy,
        billing_entity,
        account_id,
        'opening_users' as measure,
        '(none)' as currency,
        {{ add_months('month_from', 1) }} as month_from,
        {{ add_months('month_to', 1) }} as month_to,
        users as value
    from users
    union all
    select
        policies.policy,
        seats.billing_entity,
        {{ counted_account('seats') }} as account_id,
        'licensed_seats' as measure,
        '(none)' as currency,
        seats.month_from,
        seats.month_to,
        seats.licensed_seats as value
    from {{ ref('int_usage__licensed_seats') }} as seats
    inner join {{ ref('int_accounts__ancestors') }} as ancestors
        on seats.billing_entity = ancestors.billing_entity
        and seats.account_id = ancestors.account_id
    cross join policies
    union all
    select
        policy,
        billing_entity,
        account_id,
        'pending_mrr' as measure,
        currency,
        month_from,
        month_to,
        mrr as value
    from {{ ref('int_mrr__pending') }}
    union all
    select
        policy,
        billing_entity,
        account_id,
        'short_stays' as measure,
        '(none)' as currency,
        month as month_from,
        {{ add_months('month', 1) }} as month_to,
        1 as value
    from {{ ref('int_mrr__short_stays') }}
)

select * from final
