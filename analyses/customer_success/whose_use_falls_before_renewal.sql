with as_of as (
    select max(as_of_date) as day from {{ ref('source_freshness') }}
),

-- What is paid for ends with the last line's period of service; that is when it renews or not.
paid_until as (
    select
        billing_entity,
        account_id,
        max(service_end) as renews_at
    from {{ ref('fct_revenue_lines') }}
    where is_recurring
    group by billing_entity, account_id
),

health as (
    select * from {{ ref('account_health') }} where policy = 'standard'
),

playbooks as (
    select * from {{ ref('account_playbooks') }} where policy = 'standard'
)

select
    health.billing_entity,
    health.account_id,
    playbooks.csm_id,
    health.mrr,
    cast(paid_until.renews_at as date) as renews_on,
    health.usage_trend,
    health.health_band
from health
inner join playbooks
    on
        health.billing_entity = playbooks.billing_entity
        and health.account_id = playbooks.account_id
inner join paid_until
    on
        health.billing_entity = paid_until.billing_entity
        and health.account_id = paid_until.account_id
cross join as_of
where
    health.usage_trend <= 0.5
    and paid_until.renews_at >= as_of.day
    and paid_until.renews_at < {{ add_days('as_of.day', 90) }}
order by health.mrr desc, health.billing_entity, health.account_id
limit 15
