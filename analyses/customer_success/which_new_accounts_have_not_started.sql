with playbooks as (
    select * from {{ ref('account_playbooks') }} where policy = 'standard' and is_new
),

usage as (
    select * from {{ ref('account_usage') }}
)

select
    playbooks.billing_entity,
    playbooks.account_id,
    playbooks.csm_id,
    playbooks.first_month,
    playbooks.onboarding_tier,
    playbooks.mrr,
    coalesce(usage.monthly_users, 0) as users_in_30_days,
    usage.licensed_seats,
    usage.adoption_rate
from playbooks
left join usage
    on
        playbooks.billing_entity = usage.billing_entity
        and playbooks.account_id = usage.account_id
        and playbooks.month = usage.month
where coalesce(usage.adoption_rate, 0) < 0.5
order by playbooks.mrr desc, playbooks.billing_entity, playbooks.account_id
limit 15
