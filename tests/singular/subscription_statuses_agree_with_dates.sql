{%- set is_over = 'ended_at < ' ~ as_of_cutoff() -%}
{%- set to_come = 'ended_at >= ' ~ as_of_cutoff() -%}
{%- set contradictions = [
    ('trialing without a date of the trial', 'a trial from started_at on that lasts',
        "status = 'trialing' and trial_started_at is null and trial_ended_at is null"),
    ('trialing, and trial_ended_at has passed', 'a trial that lasts',
        "status = 'trialing' and trial_ended_at < " ~ as_of_cutoff()),
    ('past its trial, and trial_ended_at is to come', 'a trial until then',
        "status in (" ~ statuses_after_a_trial() ~ ") and trial_from < " ~ as_of_cutoff() ~ " and trial_to >= " ~ as_of_cutoff()),
    ('not cancelled, and ended_at has passed', 'in service until ended_at',
        "status not in ('cancelled', 'incomplete') and " ~ is_over),
    ('cancelled, and ended_at is to come', 'in service until ended_at', "status = 'cancelled' and " ~ to_come),
    ('cancelled without ended_at', 'in service until cancel_requested_at',
        "status = 'cancelled' and ended_at is null and cancel_requested_at is not null"),
    ('cancelled without a date', 'in service as long as the terms of its items',
        "status = 'cancelled' and service_ended_at is null and has_items"),
    ('cancelled, and its trial has no end', 'on trial until it ended',
        "status = 'cancelled' and trial_from is not null and trial_to is null"),
] %}
{{ config(severity='warn') }}
-- Kinds of contradiction between a subscription's status and its dates, with what is taken for true (decision 93).
-- Subscriptions that can't be settled are in rejected_rows.
with items as (
    select distinct billing_entity, subscription_id from {{ ref('contract_subscription_items') }}
),

subscriptions as (
    select
        subscriptions.*,
        items.subscription_id is not null as has_items
    from {{ ref('contract_subscriptions') }} as subscriptions
    left join items
        on subscriptions.billing_entity = items.billing_entity
        and subscriptions.subscription_id = items.subscription_id
)
{% for contradiction, taken, condition in contradictions %}
select
    '{{ contradiction }}' as contradiction,
    '{{ taken }}' as taken,
    count(*) as subscriptions,
    min(billing_entity || ': ' || subscription_id) as example
from subscriptions
where {{ condition }}
having count(*) > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
