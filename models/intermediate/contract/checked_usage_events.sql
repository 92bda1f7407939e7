with {{ identified_rows('usage_events') }},

accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
),

users as (
    select billing_entity, user_id from {{ ref('contract_users') }}
)

select
    {{ checked_columns('usage_events', 'identified') }}
    case
        {{ common_reasons('usage_events', 'identified') }}
        when identified.event_count < 0 or identified.event_count > {{ largest_amount() }} then 'invalid event_count'
        when identified.minutes < 0 or identified.minutes > {{ largest_minutes() }} then 'invalid minutes'
        when accounts.account_id is null then 'unknown account_id'
        {%- if systems_in_use('users') %}
        when users.user_id is null then 'unknown user_id'
        {%- endif %}
    end as rejection_reason
from identified
left join accounts
    on identified.billing_entity = accounts.billing_entity
    and identified.account_id = accounts.account_id
left join users
    on identified.billing_entity = users.billing_entity
    and identified.user_id = users.user_id
