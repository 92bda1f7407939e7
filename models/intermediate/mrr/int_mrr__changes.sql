{{ config(materialized="view") }}

-- An interval adds its MRR to the month that it begins in and takes it away in the month that it ends in.
with edges as (
    select policy, billing_entity, account_id, currency, month_from as month, mrr as change
    from {{ ref('int_mrr__item_mrr') }}
    where month_from < month_to
        and month_from <= {{ as_of_month() }}
        and mrr <> 0
    union all
    select policy, billing_entity, account_id, currency, month_to as month, -mrr as change
    from {{ ref('int_mrr__item_mrr') }}
    where month_from < month_to
        and month_to <= {{ as_of_month() }}
        and mrr <> 0
),

of_accounts as (
    select policy, billing_entity, account_id, currency, month, cast(sum(change) as {{ type_of('mrr') }}) as change
    from edges
    group by policy, billing_entity, account_id, currency, month
),

evened_out as (
    select policy, billing_entity, account_id, currency, month
    from of_accounts
    where change = 0
),

-- An item that goes on under the same plan at the same price is no change, in however many terms it is written down.
-- A change of 0 stays where the account pays the same for something else.
exchanged_items as (
    select
        evened_out.policy, evened_out.billing_entity, evened_out.account_id, evened_out.currency, evened_out.month,
        items.item_id
    from {{ ref('int_mrr__item_mrr') }} as items
    inner join evened_out
        on {{ same('items', 'evened_out', ['policy', 'billing_entity', 'account_id', 'currency']) }}
        and (items.month_from = evened_out.month or items.month_to = evened_out.month)
    where items.month_from < items.month_to
    group by
        evened_out.policy, evened_out.billing_entity, evened_out.account_id, evened_out.currency, evened_out.month,
        items.item_id, items.product_id, items.plan_id
    having sum(case when items.month_from = evened_out.month then items.mrr else -items.mrr end) <> 0
),

final as (
    select policy, billing_entity, account_id, currency, month, change
    from of_accounts
    where change <> 0
    union all
    select distinct policy, billing_entity, account_id, currency, month, cast(0 as {{ type_of('mrr') }}) as change
    from exchanged_items
)

select * from final
