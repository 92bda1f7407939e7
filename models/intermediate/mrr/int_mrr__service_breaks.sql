with pauses as (
    select billing_entity, subscription_id, 'pause' as kind, paused_at as break_from, resumed_at as break_to
    from {{ ref('contract_subscription_pauses') }}
),

-- Trials cut the term that begins in them; one that begins later breaks a term that is under way.
trials as (
    select
        billing_entity,
        subscription_id,
        'trial' as kind,
        trial_from as break_from,
        trial_to as break_to
    from {{ ref('contract_subscriptions') }}
    where trial_from > started_at
),

breaks as (
    select * from pauses
    union all
    select * from trials
),

in_months as (
    select
        billing_entity,
        subscription_id,
        kind,
        case
            when break_from < {{ as_of_cutoff() }} then {{ month_of('break_from') }}
            else greatest({{ month_of('break_from') }}, {{ month_after_as_of() }})
        end as month_from,
        case
            when break_to < {{ as_of_cutoff() }} then {{ month_of('break_to') }}
            when break_to >= {{ as_of_cutoff() }} then greatest({{ month_of('break_to') }}, {{ month_after_as_of() }})
            else {{ end_of_time() }}
        end as month_to
    from breaks
)

select billing_entity, subscription_id, kind, month_from, month_to
from in_months
where month_from < month_to
