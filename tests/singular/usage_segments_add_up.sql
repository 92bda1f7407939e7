-- The values of every dimension add up to the whole, and nobody is active more often than there are days.
{%- set measures = usage_measures() + ['licensed_seats'] %}
with usage as (
    select * from {{ ref('int_usage__monthly') }}
),

sums as (
    select
        policy,
        month,
        dimension,
        {%- for measure in measures %}
        sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from usage
    group by policy, month, dimension
)

select
    sums.policy,
    sums.month,
    sums.dimension
from sums
inner join usage as whole
    on sums.policy = whole.policy
    and sums.month = whole.month
    and whole.dimension = 'all'
where whole.user_days > whole.active_users * whole.days
    or whole.weekly_users > whole.monthly_users
    {%- for measure in measures %}
    or sums.{{ measure }} <> whole.{{ measure }}
    {%- endfor %}
