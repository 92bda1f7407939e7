with answers as (
    select * from {{ ref('int_voice__answers') }}
    where nps_class is not null
),

responses as (
    select * from {{ ref('contract_survey_responses') }}
),

keywords as (
    select theme, priority, {{ words_of('keyword') }} as words
    from {{ ref('nps_comment_themes') }}
),

comments as (
    select
        answers.billing_entity,
        answers.response_id,
        responses.comment is not null as has_comment,
        {{ words_of('responses.comment') }} as words
    from answers
    inner join responses
        on answers.billing_entity = responses.billing_entity
        and answers.response_id = responses.response_id
),

named as (
    select
        comments.billing_entity,
        comments.response_id,
        keywords.theme,
        min(keywords.priority) as priority
    from comments
    inner join keywords
        on {{ dbt.position('keywords.words', 'comments.words') }} > 0
    group by comments.billing_entity, comments.response_id, keywords.theme
),

-- A comment may name several themes; its main one is that of the smallest priority.
final as (
    select
        comments.billing_entity,
        comments.response_id,
        comments.has_comment,
        coalesce(
            named.theme, case when comments.has_comment then '(unmatched)' else '(no comment)' end
        ) as theme,
        row_number() over (
            partition by comments.billing_entity, comments.response_id
            order by named.priority, {{ by_bytes('named.theme') }}
        ) = 1 as is_main_theme
    from comments
    left join named
        on comments.billing_entity = named.billing_entity
        and comments.response_id = named.response_id
)

select * from final
