with responses as (
    select * from {{ ref('contract_survey_responses') }}
    where responded_at < {{ as_of_cutoff() }}
        and score is not null
),

accounts as (
    select * from {{ ref('contract_accounts') }}
),

csat_scales as (
    select * from {{ ref('csat_scales') }}
),

-- Answers whose account isn't known count; those of test accounts don't.
final as (
    select
        responses.billing_entity,
        responses.response_id,
        responses.survey_id,
        responses.survey_type,
        cast(responses.scale_min as {{ type_of('text') }})
        || ' to ' || cast(responses.scale_max as {{ type_of('text') }}) as scale,
        responses.account_id,
        responses.respondent_id,
        responses.responded_at,
        {{ month_of('responses.responded_at') }} as month,
        responses.score,
        case
            when responses.survey_type in ('relationship', 'transactional')
                and {{ is_nps_scale('responses.scale_min', 'responses.scale_max') }}
                then {{ nps_class('responses.score') }}
        end as nps_class,
        case
            when responses.survey_type = 'csat' then responses.score >= csat_scales.satisfied_from
        end as is_satisfied
    from responses
    left join accounts
        on responses.billing_entity = accounts.billing_entity
        and responses.account_id = accounts.account_id
    left join csat_scales
        on responses.scale_min = csat_scales.scale_min
        and responses.scale_max = csat_scales.scale_max
    where not coalesce(accounts.is_test, false)
)

select * from final
