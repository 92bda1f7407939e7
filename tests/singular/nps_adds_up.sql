-- Every valid answer is in one score of its month; the entities add up to the whole, and no segment to more than it; a
-- quarter's last month pools its months; the MRR of each class adds up in every dimension.
{%- set counts = [
    'nps_responses', 'nps_transactional_responses', 'nps_1_to_10_responses', 'invitations', 'csat_answers',
] %}
{%- set of_accounts = ['nps_by_accounts_responses', 'promoter_mrr', 'passive_mrr', 'detractor_mrr'] %}
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
        {%- for measure in counts + of_accounts %}
        sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from monthly
    group by policy, month, dimension
),

quarters as (
    select
        policy,
        sum(nps_responses) as nps_responses,
        max(nps_quarter_responses) as nps_quarter_responses,
        sum(nps_promoters - nps_detractors) as net_promoters,
        max(
            case when extract(month from month) in (3, 6, 9, 12) then nps_quarter_promoters - nps_quarter_detractors end
        ) as net_promoters_of_quarter
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
    {%- for measure in counts %}
    or by_dimension.{{ measure }} > whole.{{ measure }}
    or (by_dimension.{{ measure }} <> whole.{{ measure }} and by_dimension.dimension = 'billing_entity')
    {%- endfor %}
    {%- for measure in of_accounts %}
    or by_dimension.{{ measure }} <> whole.{{ measure }}
    {%- endfor %}
union all
select 'answers are lost' as fault, policies.policy, answers.month
from answers
cross join {{ ref('int_policies') }} as policies
left join whole
    on policies.policy = whole.policy
    and answers.month = whole.month
where answers.answers
    <> coalesce(whole.nps_responses + whole.nps_transactional_responses + whole.nps_1_to_10_responses, 0)
union all
select 'a quarter is not its months' as fault, policy, cast(null as date) as month
from quarters
where nps_responses <> nps_quarter_responses
    or net_promoters <> net_promoters_of_quarter
