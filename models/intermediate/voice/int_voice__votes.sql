{{ config(materialized="view") }}

-- A respondent's next answer to the same kind of survey; answers of nobody known have none.
with answers as (
    select
        billing_entity,
        response_id,
        survey_type,
        scale,
        account_id,
        responded_at,
        month,
        nps_class,
        lead(month) over (
            partition by
                billing_entity, survey_type, scale, respondent_id,
                case when respondent_id is null then response_id end
            order by responded_at, {{ by_bytes('response_id') }}
        ) as next_month
    from {{ ref('int_voice__answers') }}
    where nps_class is not null
),

-- 90 days up to a month's end, or up to the as-of date, begin no more than three months before that month.
reach as (
    {%- for months_later in range(4) %}
    select {{ add_months('month', -months_later) }} as answered_in, month as counted_in, closes_on
    from {{ ref('int_calendar__months') }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

placed as (
    select
        answers.*,
        reach.counted_in,
        answers.month = reach.counted_in as is_of_month,
        {{ dbt.date_trunc('quarter', 'answers.month') }}
        = {{ dbt.date_trunc('quarter', 'reach.counted_in') }} as is_of_quarter,
        answers.responded_at
        >= cast({{ dbt.dateadd('day', -90, 'reach.closes_on') }} as {{ type_of('timestamp') }}) as is_of_90_days,
        coalesce(answers.next_month > reach.counted_in, 1 = 1) as is_latest_of_respondent
    from answers
    inner join reach
        on answers.month = reach.answered_in
),

final as (
    {%- for score, takes in nps_scores().items() %}
    select '{{ score }}' as score, counted_in, month, billing_entity, account_id, response_id, nps_class
    from placed
    where {{ takes }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
)

select * from final
