-- Reps and what is unassigned make all answers, invitations and accounts whose account is known: each with one rep, none
-- lost and none twice. A company that assigns no account has nothing of it.
{%- set measures = voice_counts() %}
with counts as (
    select policy, counted_in as month, measure, sum(things) as things
    from {{ ref('int_voice__counts') }}
    where account_id is not null
        and exists (select 1 from {{ ref('int_success__assignments') }})
    group by policy, counted_in, measure
),

by_rep as (
    {%- for measure in measures %}
    select policy, month, '{{ measure }}' as measure, sum({{ measure }}) as things
    from {{ ref('int_success__csm_voice') }}
    group by policy, month
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
)

select by_rep.policy, by_rep.month, by_rep.measure, by_rep.things, counts.things as all_things
from by_rep
left join counts on {{ same('by_rep', 'counts', ['policy', 'month', 'measure']) }}
where by_rep.things <> coalesce(counts.things, 0)
union all
select counts.policy, counts.month, counts.measure, by_rep.things, counts.things as all_things
from counts
left join by_rep on {{ same('counts', 'by_rep', ['policy', 'month', 'measure']) }}
where by_rep.things is null
