select
    policy,
    month,
    metric,
    billing_entity,
    account_id,
    numerator,
    denominator
from {{ ref('metric_contributions') }}
where dimension = 'all'
    and {{ is_kept_by_account('month') }}
    and month in (select month from {{ ref('int_calendar__months') }} where is_closed)
