found as (
    select accounts.*
    from metrics_intermediate.contract_accounts as accounts
    inner join own
        on accounts.billing_entity = own.billing_entity
        and accounts.account_id = own.own_account_id
)
select billing_entity, account_id, parent_account_id, created_at, source_system, loaded_at
from found
order by created_at, account_id
