-- The answers that count in the figure; those of part '(no account)' have no account that is known.
counted as (
    select votes.billing_entity, votes.response_id
    from metrics_intermediate.int_voice__votes as votes
    cross join given
    where votes.counted_in = given.month
        and regexp_matches(given.formulas, '\b' || votes.score || '_(promoter|passive|detractor|response)s\b')
    union
    select answers.billing_entity, answers.response_id
    from metrics_intermediate.int_voice__answers as answers
    cross join given
    where answers.month = given.month
        and answers.is_satisfied is not null
        and contains(given.formulas, 'csat_')
    union
    -- What an account said holds for a year at most.
    select answers.billing_entity, answers.response_id
    from metrics_intermediate.int_voice__answers as answers
    cross join given
    where answers.survey_type = 'relationship'
        and answers.scale = '0 to 10'
        and answers.month <= given.month
        and (
            (contains(given.formulas, 'nps_by_accounts_') and answers.month = given.month)
            or (contains(given.formulas, '_mrr') and answers.month > given.month - interval 12 month)
        )
),
found as (
    select responses.*, answers.nps_class, answers.is_satisfied
    from counted
    inner join metrics_intermediate.int_voice__answers as answers using (billing_entity, response_id)
    inner join metrics_intermediate.contract_survey_responses as responses using (billing_entity, response_id)
    inner join given using (billing_entity)
    left join own
        on answers.billing_entity = own.billing_entity
        and answers.account_id = own.own_account_id
    left join metrics_intermediate.int_accounts__ancestors as known
        on answers.billing_entity = known.billing_entity
        and answers.account_id = known.account_id
    where own.account_id is not null
        or (given.account_id = '(no account)' and known.account_id is null)
)
select
    billing_entity, response_id, survey_id, survey_type, respondent_id, score, scale_min, scale_max, nps_class, is_satisfied,
    responded_at, source_system, loaded_at
from found
order by responded_at desc, response_id
