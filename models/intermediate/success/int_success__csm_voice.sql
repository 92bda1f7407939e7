{%- set scores = nps_score_names() -%}
{%- set measures = voice_counts() -%}
with counts as (
    select * from {{ ref('int_voice__counts') }}
),

reps as (
    select * from {{ ref('int_success__main_reps') }}
),

-- An answer is the rep's who had the account in the month of the answer, whoever has it in the month it counts in.
given as (
    select
        counts.policy,
        counts.counted_in as month,
        reps.csm_id,
        counts.measure,
        counts.things
    from counts
    inner join reps
        on counts.billing_entity = reps.billing_entity
        and counts.account_id = reps.account_id
        and counts.month >= reps.month_from
        and counts.month < reps.month_to
),

totals as (
    select
        policy,
        month,
        {%- for measure in measures %}
        sum(case when measure = '{{ measure }}' then things else 0 end) as {{ measure }},
        {%- endfor %}
        csm_id
    from given
    group by policy, month, csm_id
),

answered as (
    select
        {%- for score in scores %}
        {{ score }}_promoters + {{ score }}_passives + {{ score }}_detractors as {{ score }}_responses,
        {%- endfor %}
        totals.*
    from totals
),

-- What a company never asked for has no rows, as in int_voice__monthly.
final as (
    select
        answered.policy,
        answered.month,
        'csm' as dimension,
        answered.csm_id as dimension_value,
        calendar.is_provisional,
        {{ prefixed('answered', measures) | join(',\n        ') }},
        {%- for score in scores %}
        answered.{{ score }}_responses,
        sum(answered.{{ score }}_responses) over () > 0 as has_{{ score }},
        {%- endfor %}
        sum(answered.csat_answers) over () > 0 as has_csat,
        sum(answered.invitations) over () > 0 as has_invitations
    from answered
    inner join {{ ref('int_calendar__months') }} as calendar
        on answered.month = calendar.month
)

select * from final
