{{ config(materialized="view") }}

with items as (
    select policy, billing_entity, account_id, item_id, product_id, plan_id, currency, month_from, month_to, mrr
    from {{ ref('int_mrr__item_mrr') }}
    where month_from < month_to and mrr <> 0
),

-- An interval adds its MRR to the month that it begins in and takes it away in the month that it ends in.
edges as (
    select policy, billing_entity, account_id, item_id, product_id, plan_id, currency, month_from as month, mrr as change
    from items
    where month_from <= {{ as_of_month() }}
    union all
    select policy, billing_entity, account_id, item_id, product_id, plan_id, currency, month_to as month, -mrr as change
    from items
    where month_to <= {{ as_of_month() }}
),

-- An item that goes on under the same plan at the same price is no change, in however many terms it is written down.
of_items as (
    select policy, billing_entity, account_id, item_id, product_id, plan_id, currency, month, sum(change) as change
    from edges
    group by policy, billing_entity, account_id, item_id, product_id, plan_id, currency, month
    having sum(change) <> 0
),

-- A change of 0 stays: the account pays the same for something else.
final as (
    select policy, billing_entity, account_id, currency, month, cast(sum(change) as {{ type_of('mrr') }}) as change
    from of_items
    group by policy, billing_entity, account_id, currency, month
)

select * from final
