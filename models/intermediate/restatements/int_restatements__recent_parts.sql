with closed_months as (
    select month from {{ ref('int_calendar__months') }}
    where is_closed
)

select
    parts.policy,
    parts.month,
    parts.metric,
    parts.billing_entity,
    parts.account_id,
    parts.numerator,
    parts.denominator
from {{ ref('metric_contributions') }} as parts
inner join closed_months on parts.month = closed_months.month
where parts.dimension = 'all'
    and {{ is_kept_by_account('parts.month') }}
