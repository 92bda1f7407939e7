with users as (
    select * from {{ ref('contract_users') }}
    where activated_at < {{ as_of_cutoff() }}
),

edges as (
    select billing_entity, account_id, {{ month_of('activated_at') }} as month, 1 as change
    from users
    union all
    select billing_entity, account_id, {{ month_of('deactivated_at') }} as month, -1 as change
    from users
    where deactivated_at < {{ as_of_cutoff() }}
),

changes as (
    select billing_entity, account_id, month, sum(change) as change
    from edges
    group by billing_entity, account_id, month
),

final as (
    select
        billing_entity,
        account_id,
        month as month_from,
        coalesce(
            lead(month) over (partition by billing_entity, account_id order by month), {{ end_of_time() }}
        ) as month_to,
        sum(change) over (
            partition by billing_entity, account_id order by month rows unbounded preceding
        ) as users
    from changes
)

select * from final
