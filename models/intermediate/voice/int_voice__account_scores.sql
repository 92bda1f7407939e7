with answers as (
    select * from {{ ref('int_voice__answers') }}
    where nps_class is not null
),

policies as (
    select * from {{ ref('int_policies') }}
),

counted as (
    select
        policies.policy,
        answers.billing_entity,
        {{ counted_account('answers') }} as account_id,
        answers.month,
        answers.survey_type,
        answers.scale,
        answers.survey_id,
        answers.score,
        answers.responded_at
    from answers
    inner join {{ ref('int_accounts__ancestors') }} as ancestors
        on answers.billing_entity = ancestors.billing_entity
        and answers.account_id = ancestors.account_id
    cross join policies
),

-- A survey that runs on through the months is a wave in each of them.
waves as (
    select
        policy,
        billing_entity,
        account_id,
        month,
        survey_type,
        scale,
        survey_id,
        count(*) as answers,
        max(responded_at) as last_responded_at,
        cast({{ exact_quotient('sum(score)', 'count(*)', 6) }} as {{ type_of('decimal') }}) as mean_score
    from counted
    group by policy, billing_entity, account_id, month, survey_type, scale, survey_id
),

ranked as (
    select
        *,
        row_number() over (
            partition by policy, billing_entity, account_id, survey_type, scale, month
            order by last_responded_at desc, {{ by_bytes('survey_id') }}
        ) as recency_in_month,
        row_number() over (
            partition by policy, billing_entity, account_id, survey_type, scale
            order by last_responded_at desc, {{ by_bytes('survey_id') }}
        ) as recency
    from waves
),

final as (
    select
        policy,
        billing_entity,
        account_id,
        month,
        survey_type,
        scale,
        survey_id,
        answers,
        last_responded_at,
        mean_score,
        {{ nps_class('mean_score') }} as nps_class,
        recency_in_month = 1 as is_latest_of_month,
        recency = 1 as is_latest
    from ranked
)

select * from final
