with users as (
    select * from {{ ref('contract_users') }}
    where activated_at < {{ as_of_cutoff() }}
),

-- Who comes on a day counts from that day on, who goes on a day no longer on that day.
edges as (
    select billing_entity, account_id, cast(activated_at as date) as day, 1 as change
    from users
    union all
    select billing_entity, account_id, cast(deactivated_at as date) as day, -1 as change
    from users
    where deactivated_at < {{ as_of_cutoff() }}
),

-- The days from the change to the month's end: what they add to, or take from, the days of those there at its opening.
by_account as (
    select
        edges.billing_entity,
        edges.account_id,
        months.month,
        sum(edges.change * {{ days_between('edges.day', 'months.closes_on') }}) as changed_user_days
    from edges
    inner join {{ ref('int_calendar__months') }} as months
        on {{ month_of('edges.day') }} = months.month
    group by edges.billing_entity, edges.account_id, months.month
),

final as (
    select
        policies.policy,
        by_account.billing_entity,
        {{ counted_account('by_account') }} as account_id,
        by_account.month,
        sum(by_account.changed_user_days) as changed_user_days
    from by_account
    inner join {{ ref('int_accounts__ancestors') }} as ancestors
        on by_account.billing_entity = ancestors.billing_entity
        and by_account.account_id = ancestors.account_id
    cross join {{ ref('int_policies') }} as policies
    group by policies.policy, by_account.billing_entity, {{ counted_account('by_account') }}, by_account.month
)

select * from final
