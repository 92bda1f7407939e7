with {{ identified_rows('support_tickets') }},

accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
)

select
    {{ checked_columns('support_tickets', 'identified') }}
    case
        {{ common_reasons('support_tickets', 'identified') }}
        {{ word_reason('support_tickets', 'identified') }}
        when identified.closed_at < identified.opened_at then 'closed_at before opened_at'
        when accounts.account_id is null then 'unknown account_id'
    end as rejection_reason
from identified
left join accounts
    on identified.billing_entity = accounts.billing_entity
    and identified.account_id = accounts.account_id
