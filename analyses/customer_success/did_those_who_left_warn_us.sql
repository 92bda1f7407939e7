with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

lost as (
    select movements.*
    from {{ ref('fct_mrr_movements') }} as movements
    inner join last_month
        on
            movements.month > {{ add_months('last_month.month', -12) }}
            and movements.month <= last_month.month
    where movements.policy = 'standard' and movements.movement_type = 'churn'
),

answers as (
    select
        lost.billing_entity,
        lost.account_id,
        lost.month,
        scores.nps_class,
        row_number() over (
            partition by lost.billing_entity, lost.account_id, lost.month
            order by scores.last_responded_at desc, {{ by_bytes('scores.survey_id') }}
        ) as newest
    from lost
    inner join {{ ref('nps_by_account') }} as scores
        on
            lost.billing_entity = scores.billing_entity
            and lost.account_id = scores.account_id
            and scores.month < lost.month
    where scores.policy = 'standard' and scores.survey_type = 'relationship'
),

warned as (
    select
        lost.amount,
        coalesce(answers.nps_class, '(never answered)') as last_answer,
        case when usage.usage_trend <= 0.5 then 1 else 0 end as had_halved_use
    from lost
    left join answers
        on
            lost.billing_entity = answers.billing_entity
            and lost.account_id = answers.account_id
            and lost.month = answers.month
            and answers.newest = 1
    left join {{ ref('account_usage') }} as usage
        on
            lost.billing_entity = usage.billing_entity
            and lost.account_id = usage.account_id
            and usage.month = {{ add_months('lost.month', -1) }}
)

select
    last_answer,
    count(*) as accounts_lost,
    round(sum(amount), 2) as mrr_lost,
    sum(had_halved_use) as had_halved_use,
    {{ safe_ratio('sum(had_halved_use)', 'count(*)') }} as halved_use_share
from warned
group by last_answer
order by accounts_lost desc, last_answer
