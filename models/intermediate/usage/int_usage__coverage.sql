-- Before a billing entity's first event nobody knows who was active: it has no figures then, rather than zeros.
select
    billing_entity,
    min(usage_date) as first_day,
    {{ month_of('min(usage_date)') }} as first_month
from {{ ref('int_usage__user_days') }}
group by billing_entity
