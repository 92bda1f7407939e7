found as (
    select users.*
    from metrics_intermediate.contract_users as users
    inner join own
        on users.billing_entity = own.billing_entity
        and users.account_id = own.own_account_id
    where users.activated_at < own.closes
        and coalesce(users.deactivated_at, own.closes) >= own.opens
)
select billing_entity, user_id, account_id, activated_at, deactivated_at, source_system, loaded_at
from found
order by activated_at, user_id
