with {{ identified_rows('invoices') }},

accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
)

select
    {{ checked_columns('invoices', 'identified') }}
    case
        {{ common_reasons('invoices', 'identified') }}
        {{ word_reason('invoices', 'identified') }}
        when accounts.account_id is null then 'unknown account_id'
    end as rejection_reason
from identified
left join accounts
    on identified.billing_entity = accounts.billing_entity
    and identified.account_id = accounts.account_id
