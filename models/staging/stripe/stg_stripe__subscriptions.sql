{{ config(enabled='stripe' in systems_in_use('subscriptions')) }}

with subscriptions as (
    {{ source_table('stripe', 'subscription') }}
),

subscription_history as (
    {{ source_table('stripe', 'subscription_history') }}
),

versions as (
    {{ stripe_subscription_versions() }}
)

select
    {{ as_text_literal(var("stripe_billing_entity")) }} as billing_entity,
    id as subscription_id,
    customer_id as account_id,
    case status
        when 'canceled' then 'cancelled'
        when 'incomplete_expired' then 'incomplete'
        else status
    end as status,
    coalesce(start_date, created) as started_at,
    trial_start as trial_started_at,
    trial_end as trial_ended_at,
    canceled_at as cancel_requested_at,
    -- Over, or known to end: on a day that was set, or with the period.
    coalesce(
        ended_at,
        case when status in ('canceled', 'incomplete_expired') then canceled_at end,
        cancel_at,
        case when cancel_at_period_end then current_period_end end
    ) as ended_at,
    billing_cycle_anchor as billing_anchor_at,
    created as signed_at,
    'stripe' as source_system,
    created as loaded_at,
    unreadable_column,
    unreadable_value,
    cast(null as {{ type_of('text') }}) as emptied
from versions
where is_latest
