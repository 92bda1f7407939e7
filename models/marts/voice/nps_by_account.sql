with scores as (
    select * from {{ ref('int_voice__account_scores') }}
),

account_mrr as (
    select * from {{ ref('int_voice__account_mrr') }}
),

months as (
    select * from {{ ref('int_calendar__months') }}
),

final as (
    select
        scores.policy,
        scores.billing_entity,
        scores.account_id,
        scores.month,
        scores.survey_type,
        scores.scale,
        scores.survey_id,
        cast(scores.answers as {{ type_of('integer') }}) as answers,
        scores.mean_score,
        scores.nps_class,
        cast(coalesce(account_mrr.mrr, 0) as {{ type_of('part') }}) as mrr,
        scores.last_responded_at,
        scores.is_latest,
        months.is_provisional
    from scores
    inner join months
        on scores.month = months.month
    left join account_mrr
        on {{ same_account('scores', 'account_mrr') }}
        and scores.month = account_mrr.month
)

select * from final
