with {{ identified_rows('users') }},

accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
)

select
    {{ checked_columns('users', 'identified') }}
    case
        {{ common_reasons('users', 'identified') }}
        when identified.deactivated_at < identified.activated_at then 'deactivated_at before activated_at'
        when accounts.account_id is null then 'unknown account_id'
    end as rejection_reason
from identified
left join accounts
    on identified.billing_entity = accounts.billing_entity
    and identified.account_id = accounts.account_id
