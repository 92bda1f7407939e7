{{ config(materialized="view") }}

with purchase_months as (
    select
        policy,
        billing_entity,
        account_id,
        {{ month_of('purchased_on') }} as month,
        sum(purchases) as purchases,
        sum(amount) as amount
    from {{ ref('int_economics__purchases') }}
    group by policy, billing_entity, account_id, {{ month_of('purchased_on') }}
),

-- Who bought is a customer until so many months have gone by without another purchase.
customers as (
    select
        *,
        {{ add_months('month', var('purchase_lapse_months')) }} as lapses_in,
        coalesce(
            lead(month) over (partition by policy, billing_entity, account_id order by month), {{ end_of_time() }}
        ) as next_month
    from purchase_months
),

final as (
    select
        policy,
        billing_entity,
        account_id,
        'customers' as measure,
        '(none)' as currency,
        month as month_from,
        least(next_month, lapses_in) as month_to,
        1 as value
    from customers
    union all
    select
        policy,
        billing_entity,
        account_id,
        'lapsed_customers' as measure,
        '(none)' as currency,
        lapses_in as month_from,
        {{ add_months('lapses_in', 1) }} as month_to,
        1 as value
    from customers
    where lapses_in < next_month
    {%- for measure, value in [('purchases', 'purchases'), ('purchase_amount', 'amount')] %}
    union all
    select
        policy,
        billing_entity,
        account_id,
        '{{ measure }}' as measure,
        '(none)' as currency,
        month as month_from,
        {{ add_months('month', 1) }} as month_to,
        {{ value }} as value
    from customers
    {%- endfor %}
    union all
    select
        policy,
        billing_entity,
        account_id,
        'changed_user_days' as measure,
        '(none)' as currency,
        month as month_from,
        {{ add_months('month', 1) }} as month_to,
        changed_user_days as value
    from {{ ref('int_economics__user_days') }}
)

select * from final
