with balances as (
    select * from {{ ref('int_mrr__balances') }}
),

-- Both ends of the month at the rate of its end: what an exchange rate did is no movement of the account.
account_months as (
    select
        policy,
        billing_entity,
        account_id,
        month_from as month,
        max(month_to) as next_change_month,
        {{ first_by_bytes('currency') }} as first_currency,
        cast(sum(cast(opening_mrr as {{ type_of('total') }}) * rate) as {{ type_of('money') }}) as opening_mrr,
        cast(sum(cast(closing_mrr as {{ type_of('total') }}) * rate) as {{ type_of('money') }}) as closing_mrr
    from balances
    group by policy, billing_entity, account_id, month_from
),

with_past as (
    select
        *,
        coalesce(
            max(case when closing_mrr > 0 then 1 else 0 end) over (
                partition by policy, billing_entity, account_id
                order by month
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) = 1 as has_paid_before
    from account_months
),

final as (
    select
        policy,
        billing_entity,
        account_id,
        month,
        next_change_month,
        first_currency,
        opening_mrr,
        closing_mrr,
        {{ movement_type(
            'opening_mrr', 'closing_mrr', 'has_paid_before', is_before_history('billing_entity', 'month')
        ) }} as movement_type
    from with_past
)

select * from final
