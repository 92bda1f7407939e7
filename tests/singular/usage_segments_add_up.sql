-- The values of every dimension add up to the whole, and nobody is active more often than there are days.
{{ segments_that_dont_add_up(ref('int_usage__monthly'), usage_measures() + ['licensed_seats']) }}
union all
select policy, month, dimension
from {{ ref('int_usage__monthly') }}
where dimension = 'all'
    and (user_days > active_users * days or weekly_users > monthly_users)
