{%- set scores = nps_score_names() -%}
{%- set measures = voice_counts() -%}
{%- set key = ['policy', 'month', 'dimension', 'dimension_value'] -%}
with counts as (
    select * from {{ ref('int_voice__counts') }}
),

periods as (
    select * from {{ ref('int_segments__periods') }}
    where is_first_currency
),

-- An answer's segment is its account's in the month of the answer; without an account it is in none but the entity.
segmented as (
    select
        counts.policy,
        counts.counted_in as month,
        counts.measure,
        counts.things,
        counts.billing_entity,
        {{ prefixed('periods', dimensions()[1:]) | join(',\n        ') }}
    from counts
    left join periods
        on {{ same_account('counts', 'periods') }}
        and counts.month >= periods.month_from
        and counts.month < periods.month_to
),

totals as (
    select
        segmented.policy,
        segmented.month,
        {%- for measure in measures %}
        sum(case when segmented.measure = '{{ measure }}' then segmented.things else 0 end) as {{ measure }},
        {%- endfor %}
        {{ dimension_columns('segmented') }}
    from segmented
    {{ group_by_dimensions('segmented', ['segmented.policy', 'segmented.month']) }}
),

keys as (
    select {{ key | join(', ') }} from totals
    where dimension_value is not null
    union distinct
    select {{ key | join(', ') }} from {{ ref('int_voice__class_mrr') }}
    where dimension = 'all' or promoter_mrr + passive_mrr + detractor_mrr <> 0
),

joined as (
    select
        keys.*,
        calendar.is_provisional,
        {%- for measure in measures %}
        coalesce(totals.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        {%- for score in scores %}
        coalesce(
            totals.{{ score }}_promoters + totals.{{ score }}_passives + totals.{{ score }}_detractors, 0
        ) as {{ score }}_responses,
        {%- endfor %}
        {%- for class in nps_classes() %}
        coalesce(class_mrr.{{ class }}_mrr, 0) as {{ class }}_mrr,
        {%- endfor %}
        coalesce(mrr.closing_mrr, 0) as closing_mrr,
        coalesce(mrr.closing_accounts, 0) as closing_accounts
    from keys
    inner join {{ ref('int_calendar__months') }} as calendar on keys.month = calendar.month
    left join totals on {{ same('keys', 'totals', key) }}
    left join {{ ref('int_voice__class_mrr') }} as class_mrr on {{ same('keys', 'class_mrr', key) }}
    left join {{ ref('int_metrics__mrr') }} as mrr on {{ same('keys', 'mrr', key) }}
),

-- A company that never asked has no rows of it: not zeros.
final as (
    select
        *,
        {%- for score in scores %}
        sum({{ score }}_responses) over () > 0 as has_{{ score }},
        {%- endfor %}
        sum(csat_answers) over () > 0 as has_csat,
        sum(invitations) over () > 0 as has_invitations
    from joined
)

select * from final
