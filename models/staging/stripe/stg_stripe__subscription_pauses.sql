{{ config(enabled='stripe' in systems_in_use('subscription_pauses')) }}

with subscriptions as (
    {{ source_table('stripe', 'subscription') }}
),

subscription_history as (
    {{ source_table('stripe', 'subscription_history') }}
),

versions as (
    {{ stripe_subscription_versions() }}
),

dated as (
    select
        *,
        status = 'paused' or pause_collection_behavior is not null as is_paused,
        lag(case when status = 'paused' or pause_collection_behavior is not null then 1 else 0 end) over (
            partition by id order by version_from
        ) as was_paused
    from versions
    where version_from is not null
),

-- Where a pause begins or ends; the next such version ends what this one began.
turns as (
    select
        *,
        lead(version_from) over (partition by id order by version_from) as next_turn_at
    from dated
    where is_paused <> (coalesce(was_paused, 0) = 1)
)

select
    {{ as_text_literal(var("stripe_billing_entity")) }} as billing_entity,
    id as subscription_id,
    version_from as paused_at,
    coalesce(next_turn_at, pause_collection_resumes_at) as resumed_at,
    'stripe' as source_system,
    version_from as loaded_at,
    unreadable_column,
    unreadable_value,
    cast(null as {{ type_of('text') }}) as emptied
from turns
where is_paused
