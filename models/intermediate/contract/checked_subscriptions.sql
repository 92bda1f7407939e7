with {{ identified_rows('subscriptions') }},

accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
)

select
    {{ checked_columns('subscriptions', 'identified') }}
    case
        {{ common_reasons('subscriptions', 'identified') }}
        {{ word_reason('subscriptions', 'identified') }}
        when identified.ended_at < identified.started_at then 'ended_at before started_at'
        when identified.trial_ended_at < identified.trial_started_at then 'trial_ended_at before trial_started_at'
        when accounts.account_id is null then 'unknown account_id'
    end as rejection_reason
from identified
left join accounts
    on identified.billing_entity = accounts.billing_entity
    and identified.account_id = accounts.account_id
