found as (
    select items.*
    from metrics_intermediate.contract_subscription_items as items
    inner join metrics_intermediate.contract_subscriptions as subscriptions using (billing_entity, subscription_id)
    inner join own
        on subscriptions.billing_entity = own.billing_entity
        and subscriptions.account_id = own.own_account_id
    where items.valid_from < own.closes
        and coalesce(items.valid_to, own.closes) >= own.opens
)
select
    billing_entity, item_id, valid_from, valid_to, charge_type, unit_amount, quantity, currency, interval_count,
    interval_unit, source_system, loaded_at
from found
order by item_id, valid_from
