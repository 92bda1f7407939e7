with playbooks as (
    select
        *,
        case when csm_id = '(unassigned)' then 1 else 0 end as lacks_rep
    from {{ ref('account_playbooks') }}
    where policy = 'standard'
)

select
    touch_tier,
    count(*) as accounts,
    round(sum(mrr), 2) as mrr,
    sum(lacks_rep) as accounts_without_rep,
    round(sum(lacks_rep * mrr), 2) as mrr_without_rep,
    {{ safe_ratio('sum(lacks_rep * mrr)', 'sum(mrr)') }} as share_without_rep
from playbooks
group by touch_tier
order by mrr desc, touch_tier
