{%- set as_of = "cast('" ~ as_of_date() ~ "' as date)" -%}
with purchases as (
    select * from {{ ref('int_economics__purchases') }}
),

-- Repeat purchases are those on later days than the first; their mean is what a customer's value is told by.
by_account as (
    select
        policy,
        billing_entity,
        account_id,
        sum(purchases) as purchases,
        count(*) - 1 as frequency,
        min(purchased_on) as first_purchased_on,
        max(purchased_on) as last_purchased_on,
        sum(amount) as amount,
        sum(case when is_first then 0 else amount end) as repeat_amount
    from purchases
    group by policy, billing_entity, account_id
),

final as (
    select
        *,
        {{ days_between('first_purchased_on', 'last_purchased_on') }} as recency_days,
        {{ days_between('first_purchased_on', as_of) }} as age_days,
        {{ exact_quotient('repeat_amount', 'frequency', 6) }} as repeat_purchase_value
    from by_account
)

select * from final
