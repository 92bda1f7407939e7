with terms as (
    select * from {{ ref('int_mrr__item_terms') }}
    where revenue_class = 'seat'
),

users as (
    select * from {{ ref('int_users__balances') }}
),

coverage as (
    select * from {{ ref('int_usage__coverage') }}
),

changes as (
    select
        billing_entity,
        account_id,
        month_from as month,
        1 as items_change,
        quantity as seats_change,
        0 as users_change
    from terms
    union all
    select
        billing_entity,
        account_id,
        month_to as month,
        -1 as items_change,
        -quantity as seats_change,
        0 as users_change
    from terms
    union all
    select
        billing_entity,
        account_id,
        month_from as month,
        0 as items_change,
        0 as seats_change,
        users - coalesce(
            lag(users) over (partition by billing_entity, account_id order by month_from), 0
        ) as users_change
    from users
),

-- What happened before usage was recorded has happened when its recording begins.
known_changes as (
    select
        changes.billing_entity,
        changes.account_id,
        greatest(changes.month, coverage.first_month) as month,
        sum(changes.items_change) as items_change,
        sum(changes.seats_change) as seats_change,
        sum(changes.users_change) as users_change
    from changes
    inner join coverage
        on changes.billing_entity = coverage.billing_entity
    where changes.month <= {{ as_of_month() }}
    group by changes.billing_entity, changes.account_id, greatest(changes.month, coverage.first_month)
),

running as (
    select
        billing_entity,
        account_id,
        month,
        sum(items_change) over (
            partition by billing_entity, account_id order by month rows unbounded preceding
        ) as seat_items,
        sum(seats_change) over (
            partition by billing_entity, account_id order by month rows unbounded preceding
        ) as seats,
        sum(users_change) over (
            partition by billing_entity, account_id order by month rows unbounded preceding
        ) as users,
        lead(month) over (partition by billing_entity, account_id order by month) as next_month
    from known_changes
),

-- Items of no seats are seats that are sold: what they license is 0 and not the users.
final as (
    select
        billing_entity,
        account_id,
        month as month_from,
        coalesce(next_month, {{ end_of_time() }}) as month_to,
        cast(case when seat_items > 0 then seats else users end as {{ type_of('decimal') }}) as licensed_seats
    from running
)

select * from final
