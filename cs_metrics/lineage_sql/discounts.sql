found as (
    select discounts.*
    from metrics_intermediate.contract_discounts as discounts
    inner join own on discounts.billing_entity = own.billing_entity
    where discounts.valid_from < own.closes
        and coalesce(discounts.valid_to, own.closes) >= own.opens
        and exists (
            select 1
            from metrics_intermediate.contract_subscriptions as subscriptions
            left join metrics_intermediate.contract_subscription_items as items using (billing_entity, subscription_id)
            where subscriptions.billing_entity = own.billing_entity
                and subscriptions.account_id = own.own_account_id
                and (subscriptions.subscription_id = discounts.subscription_id or items.item_id = discounts.item_id)
        )
)
select
    billing_entity, discount_id, subscription_id, item_id, percent_off, amount_off, currency, duration, valid_from,
    valid_to, source_system, loaded_at
from found
order by valid_from, discount_id
