select
    billing_entity,
    account_id,
    mrr,
    mean_score,
    answers,
    last_responded_at,
    survey_id
from {{ ref('nps_by_account') }}
where
    policy = 'standard'
    and survey_type = 'relationship'
    and is_latest
    and nps_class = 'detractor'
    and mrr > 0
order by mrr desc, billing_entity, account_id, survey_id
limit 10
