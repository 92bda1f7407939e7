-- The answers of all themes are the classes' answers, month by month.
with reasons as (
    select
        billing_entity,
        month,
        survey_type,
        scale,
        nps_class,
        sum(answers) as answers
    from {{ ref('nps_reasons') }}
    group by billing_entity, month, survey_type, scale, nps_class
),

classes as (
    select
        billing_entity,
        month,
        survey_type,
        scale,
        nps_class,
        count(*) as answers
    from {{ ref('int_voice__answers') }}
    where nps_class is not null
    group by billing_entity, month, survey_type, scale, nps_class
)

select
    classes.billing_entity,
    classes.month,
    classes.survey_type,
    classes.scale,
    classes.nps_class,
    classes.answers,
    reasons.answers as answers_by_reason
from classes
left join reasons
    on {{ same('classes', 'reasons', ['billing_entity', 'month', 'survey_type', 'scale', 'nps_class']) }}
where classes.answers <> coalesce(reasons.answers, 0)
