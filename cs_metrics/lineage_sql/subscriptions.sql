found as (
    select subscriptions.*
    from metrics_intermediate.contract_subscriptions as subscriptions
    inner join own
        on subscriptions.billing_entity = own.billing_entity
        and subscriptions.account_id = own.own_account_id
    where subscriptions.started_at < own.closes
        and coalesce(subscriptions.service_ended_at, own.closes) >= own.opens
)
select
    billing_entity, subscription_id, account_id, status, started_at, trial_ended_at, cancel_requested_at, ended_at,
    source_system, loaded_at
from found
order by started_at, subscription_id
