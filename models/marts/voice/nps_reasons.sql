with answers as (
    select * from {{ ref('int_voice__answers') }}
),

themes as (
    select * from {{ ref('int_voice__themes') }}
),

final as (
    select
        answers.billing_entity,
        answers.month,
        answers.survey_type,
        answers.scale,
        answers.nps_class,
        themes.theme,
        cast(sum(case when themes.is_main_theme then 1 else 0 end) as {{ type_of('integer') }}) as answers,
        cast(sum(case when themes.has_comment then 1 else 0 end) as {{ type_of('integer') }}) as mentions
    from themes
    inner join answers
        on themes.billing_entity = answers.billing_entity
        and themes.response_id = answers.response_id
    group by
        answers.billing_entity, answers.month, answers.survey_type, answers.scale, answers.nps_class, themes.theme
)

select * from final
