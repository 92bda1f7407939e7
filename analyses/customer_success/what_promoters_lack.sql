with promoters as (
    select distinct billing_entity, account_id
    from {{ ref('nps_by_account') }}
    where
        policy = 'standard'
        and survey_type = 'relationship'
        and is_latest
        and nps_class = 'promoter'
),

candidates as (
    select * from {{ ref('expansion_candidates') }} where policy = 'standard'
)

select
    candidates.expansion_type,
    candidates.offer,
    candidates.product_family,
    count(distinct candidates.account_id) as accounts,
    round(sum(candidates.potential_mrr), 2) as potential_mrr,
    round(sum(candidates.expected_mrr), 2) as expected_mrr
from candidates
inner join promoters
    on
        candidates.billing_entity = promoters.billing_entity
        and candidates.account_id = promoters.account_id
group by candidates.expansion_type, candidates.offer, candidates.product_family
order by expected_mrr desc, candidates.expansion_type, candidates.offer, candidates.product_family
