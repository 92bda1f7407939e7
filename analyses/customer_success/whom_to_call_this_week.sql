with health as (
    select * from {{ ref('account_health') }} where policy = 'standard'
),

playbooks as (
    select * from {{ ref('account_playbooks') }} where policy = 'standard'
),

detractors as (
    select distinct billing_entity, account_id
    from {{ ref('nps_by_account') }}
    where
        policy = 'standard'
        and survey_type = 'relationship'
        and is_latest
        and nps_class = 'detractor'
),

signs as (
    select
        health.billing_entity,
        health.account_id,
        health.mrr,
        playbooks.touch_tier,
        playbooks.csm_id,
        health.health_band,
        case when health.health_band = 'at risk' then 1 else 0 end as is_at_risk,
        case when health.usage_trend <= 0.5 and not health.is_small_usage_sample then 1 else 0 end as has_halved_use,
        case when detractors.account_id is not null then 1 else 0 end as is_detractor,
        case when health.overdue_share > 0 then 1 else 0 end as is_overdue
    from health
    inner join playbooks
        on
            health.billing_entity = playbooks.billing_entity
            and health.account_id = playbooks.account_id
    left join detractors
        on
            health.billing_entity = detractors.billing_entity
            and health.account_id = detractors.account_id
),

counted as (
    select
        signs.*,
        is_at_risk + has_halved_use + is_detractor + is_overdue as warning_signs
    from signs
)

select
    billing_entity,
    account_id,
    csm_id,
    touch_tier,
    mrr,
    warning_signs,
    health_band,
    has_halved_use,
    is_detractor,
    is_overdue
from counted
where warning_signs >= 2
order by warning_signs desc, mrr desc, billing_entity, account_id
limit 15
