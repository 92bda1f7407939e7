with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

usage as (
    select usage.*
    from {{ ref('account_usage') }} as usage
    inner join last_month on usage.month = last_month.month
),

playbooks as (
    select * from {{ ref('account_playbooks') }} where policy = 'standard'
)

select
    playbooks.billing_entity,
    playbooks.account_id,
    playbooks.csm_id,
    playbooks.mrr,
    usage.licensed_seats,
    usage.active_users,
    usage.licensed_seats - usage.active_users as empty_seats,
    usage.adoption_rate
from playbooks
inner join usage
    on
        playbooks.billing_entity = usage.billing_entity
        and playbooks.account_id = usage.account_id
where usage.adoption_rate < 0.5
order by empty_seats desc, playbooks.billing_entity, playbooks.account_id
limit 10
