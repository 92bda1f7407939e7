with {{ identified_rows('subscriptions') }},

accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
)

-- Decision 93 says what is taken where the status and the dates disagree, or a date is missing.
select
    {{ checked_columns('subscriptions', 'identified') }}
    coalesce(
        identified.ended_at, case when identified.status = 'cancelled' then identified.cancel_requested_at end
    ) as service_ended_at,
    coalesce(
        identified.trial_started_at,
        case when identified.trial_ended_at is not null or identified.status = 'trialing' then identified.started_at end
    ) as trial_from,
    -- A trial is over when both say so: one that goes on past its date has no end that is known.
    case
        when identified.status <> 'trialing' or identified.trial_ended_at >= {{ as_of_cutoff() }}
            then identified.trial_ended_at
    end as trial_to,
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
