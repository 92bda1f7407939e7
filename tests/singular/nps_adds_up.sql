-- Every valid answer is in one score of its month; the entities add up to the whole, and no segment to more than it; a
-- quarter's last month pools its months; the MRR of the classes is no more than there is.
{%- set scores = ['nps', 'nps_transactional', 'nps_1_to_10', 'nps_by_accounts'] %}
with monthly as (
    select * from {{ ref('int_voice__monthly') }}
),

whole as (
    select * from monthly
    where dimension = 'all'
),

by_dimension as (
    select
        policy,
        month,
        dimension,
        {%- for score in scores %}
        sum({{ score }}_responses) as {{ score }}_responses,
        {%- endfor %}
        sum(invitations) as invitations,
        sum(csat_answers) as csat_answers
    from monthly
    group by policy, month, dimension
),

quarters as (
    select
        policy,
        sum(nps_responses) as nps_responses,
        max(nps_quarter_responses) as nps_quarter_responses,
        sum(nps_promoters - nps_detractors) as net_promoters,
        max(case when extract(month from month) in (3, 6, 9, 12) then nps_quarter_promoters - nps_quarter_detractors end)
            as net_promoters_of_quarter
    from whole
    group by policy, {{ dbt.date_trunc('quarter', 'month') }}
),

answers as (
    select
        month,
        count(*) as answers
    from {{ ref('int_voice__answers') }}
    where nps_class is not null
        and (survey_type = 'relationship' or scale = '0 to 10')
    group by month
)

select 'a dimension does not add up' as fault, by_dimension.policy, by_dimension.month
from by_dimension
inner join whole
    on by_dimension.policy = whole.policy
    and by_dimension.month = whole.month
where 1 = 0
    {%- for measure in ['nps_responses', 'nps_transactional_responses', 'nps_1_to_10_responses', 'invitations', 'csat_answers'] %}
    or by_dimension.{{ measure }} > whole.{{ measure }}
    or (by_dimension.{{ measure }} <> whole.{{ measure }} and by_dimension.dimension = 'billing_entity')
    {%- endfor %}
    or by_dimension.nps_by_accounts_responses <> whole.nps_by_accounts_responses
union all
select 'answers are lost' as fault, whole.policy, whole.month
from whole
left join answers
    on whole.month = answers.month
where coalesce(answers.answers, 0)
    <> whole.nps_responses + whole.nps_transactional_responses + whole.nps_1_to_10_responses
union all
select 'a quarter is not its months' as fault, policy, cast(null as date) as month
from quarters
where nps_responses <> nps_quarter_responses
    or net_promoters <> net_promoters_of_quarter
union all
select 'more MRR than there is' as fault, policy, month
from monthly
where promoter_mrr + passive_mrr + detractor_mrr > closing_mrr
