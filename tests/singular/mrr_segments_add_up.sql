-- The values of every dimension add up to the whole.
{%- set measures = [
    'opening_mrr', 'new_mrr', 'reactivation_mrr', 'expansion_mrr', 'contraction_mrr', 'churn_mrr', 'fx_mrr', 'closing_mrr',
    'opening_accounts', 'closing_accounts',
] %}
with mrr as (
    select * from {{ ref('int_metrics__mrr') }}
),

sums as (
    select
        policy,
        month,
        dimension,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from mrr
    group by policy, month, dimension
)

select
    sums.policy,
    sums.month,
    sums.dimension
from sums
inner join mrr as whole
    on sums.policy = whole.policy
    and sums.month = whole.month
    and whole.dimension = 'all'
where 1 = 0
    {%- for measure in measures %}
    or sums.{{ measure }} <> whole.{{ measure }}
    {%- endfor %}
