found as (
    select pauses.*
    from metrics_intermediate.contract_subscription_pauses as pauses
    inner join metrics_intermediate.contract_subscriptions as subscriptions using (billing_entity, subscription_id)
    inner join own
        on subscriptions.billing_entity = own.billing_entity
        and subscriptions.account_id = own.own_account_id
    where pauses.paused_at < own.closes
        and coalesce(pauses.resumed_at, own.closes) >= own.opens
)
select billing_entity, subscription_id, paused_at, resumed_at, source_system, loaded_at
from found
order by paused_at, subscription_id
