with {{ identified_rows('subscription_pauses') }},

subscriptions as (
    select billing_entity, subscription_id from {{ ref('contract_subscriptions') }}
)

select
    {{ checked_columns('subscription_pauses', 'identified') }}
    case
        {{ common_reasons('subscription_pauses', 'identified') }}
        when identified.resumed_at < identified.paused_at then 'resumed_at before paused_at'
        when subscriptions.subscription_id is null then 'unknown subscription_id'
    end as rejection_reason
from identified
left join subscriptions
    on identified.billing_entity = subscriptions.billing_entity
    and identified.subscription_id = subscriptions.subscription_id
