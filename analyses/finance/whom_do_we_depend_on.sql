with accounts as (
    select * from {{ ref('account_playbooks') }} where policy = 'standard'
),

health as (
    select * from {{ ref('account_health') }} where policy = 'standard'
),

ranked as (
    select
        accounts.*,
        row_number() over (
            order by accounts.mrr desc, {{ by_bytes('accounts.billing_entity') }}, {{ by_bytes('accounts.account_id') }}
        ) as size_rank,
        sum(accounts.mrr) over () as total_mrr
    from accounts
),

running as (
    select
        ranked.*,
        sum(ranked.mrr) over (order by ranked.size_rank rows between unbounded preceding and current row) as running_mrr
    from ranked
)

select
    running.size_rank,
    running.billing_entity,
    running.account_id,
    running.mrr,
    {{ safe_ratio('running.mrr', 'running.total_mrr') }} as mrr_share,
    {{ safe_ratio('running.running_mrr', 'running.total_mrr') }} as running_share,
    health.health_band,
    running.csm_id
from running
left join health
    on
        running.billing_entity = health.billing_entity
        and running.account_id = health.account_id
where running.size_rank <= 10
order by running.size_rank
