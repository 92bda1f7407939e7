with as_of as (
    select max(as_of_date) as day from {{ ref('source_freshness') }}
),

health as (
    select * from {{ ref('account_health') }} where policy = 'standard'
),

-- Accounts that pay from month to month, or have asked to cancel, have no renewal date.
playbooks as (
    select * from {{ ref('account_playbooks') }} where policy = 'standard'
)

select
    health.billing_entity,
    health.account_id,
    playbooks.csm_id,
    health.mrr,
    playbooks.renews_on,
    health.usage_trend,
    health.health_band
from health
inner join playbooks
    on
        health.billing_entity = playbooks.billing_entity
        and health.account_id = playbooks.account_id
cross join as_of
where
    health.usage_trend <= 0.5
    and playbooks.renews_on < {{ add_days('as_of.day', 90) }}
order by playbooks.renews_on, health.mrr desc, health.billing_entity, health.account_id
limit 15
