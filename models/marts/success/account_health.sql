with health as (
    select * from {{ ref('int_health__accounts') }}
),

facts as (
    select * from {{ ref('int_health__facts') }}
),

calendar as (
    select * from {{ ref('int_calendar__months') }}
    where month = {{ as_of_month() }}
)

select
    health.policy,
    health.billing_entity,
    health.account_id,
    calendar.month,
    cast(health.mrr as {{ type_of('figure') }}) as mrr,
    cast(health.health_score as {{ type_of('value') }}) as health_score,
    health.health_band,
    cast(health.coverage as {{ type_of('value') }}) as coverage,
    health.has_enough_coverage,
    cast(health.components as {{ type_of('integer') }}) as components,
    {%- for component, measure in health_components().items() %}
    health.{{ measure }},
    health.{{ component }}_health,
    {%- endfor %}
    coalesce(facts.base_user_days < {{ var('small_sample_below') }}, false) as is_small_usage_sample,
    calendar.is_provisional
from health
inner join facts
    on {{ same_account('health', 'facts') }}
cross join calendar
