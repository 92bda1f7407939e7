{{ built_by_account() }}

with items as (
    select * from {{ ref('int_mrr__item_mrr') }} as item_mrr
    where month_from < month_to
        and {{ is_changed('item_mrr') }}
),

moves as (
    select policy, billing_entity, account_id, month
    from {{ ref('int_mrr__account_months') }}
    where movement_type in ('expansion', 'contraction')
),

ended as (
    select items.*, moves.month
    from items
    inner join moves on {{ same_account('items', 'moves') }} and items.month_to = moves.month
),

started as (
    select items.*, moves.month
    from items
    inner join moves on {{ same_account('items', 'moves') }} and items.month_from = moves.month
),

-- An item whose terms change ends and starts in the same month; one that comes or goes does one of the two.
final as (
    select
        coalesce(started.policy, ended.policy) as policy,
        coalesce(started.billing_entity, ended.billing_entity) as billing_entity,
        coalesce(started.account_id, ended.account_id) as account_id,
        coalesce(started.month, ended.month) as month,
        coalesce(started.subscription_id, ended.subscription_id) as subscription_id,
        coalesce(started.item_id, ended.item_id) as item_id,
        coalesce(started.product_id, ended.product_id) as product_id,
        coalesce(started.currency, ended.currency) as currency,
        case
            when ended.item_id is null then 'came'
            when started.item_id is null then 'went'
            else 'changed'
        end as kind,
        coalesce(started.plan_id <> ended.plan_id or started.product_id <> ended.product_id, false) as is_other_plan,
        coalesce(ended.quantity, 0) as quantity_before,
        coalesce(started.quantity, 0) as quantity_after,
        coalesce(ended.list_mrr, 0) as list_before,
        coalesce(started.list_mrr, 0) as list_after,
        coalesce(started.mrr, 0) - coalesce(ended.mrr, 0) as change
    from started
    full outer join ended
        on {{ same_account('started', 'ended') }}
        and started.item_id = ended.item_id
        and started.currency = ended.currency
        and started.month = ended.month
)

select * from final
