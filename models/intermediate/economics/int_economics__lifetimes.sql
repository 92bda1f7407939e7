-- An account's starts, returns and losses in their order: each start or return is ended by the loss that follows it.
with turns as (
    select
        policy,
        billing_entity,
        account_id,
        month,
        movement_type,
        lead(month) over (partition by policy, billing_entity, account_id order by month) as next_month
    from {{ ref('int_mrr__account_months') }}
    where movement_type in ('new', 'reactivation', 'churn')
),

final as (
    select
        policy,
        billing_entity,
        account_id,
        month as start_month,
        next_month as lost_month,
        movement_type = 'reactivation' as is_return
    from turns
    where movement_type in ('new', 'reactivation')
)

select * from final
