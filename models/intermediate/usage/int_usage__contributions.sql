{{ config(materialized="view") }}

{%- set of_values = ['started_accounts', 'reached_accounts'] -%}
{%- set measures = contribution_columns('int_usage__contributions').measures -%}
with monthly as (
    select * from {{ ref('int_usage__monthly') }}
    where dimension = 'all'
),

-- Who started in the twelve months up to this one, and had found value when it closed.
started as (
    select
        starts.policy,
        months.month,
        starts.billing_entity,
        starts.account_id,
        1 as started_accounts,
        case when starts.first_value_on < months.closes_on then 1 else 0 end as reached_accounts
    from {{ ref('int_usage__value_starts') }} as starts
    inner join {{ ref('int_calendar__months') }} as months
        on starts.started_month <= months.month
        and starts.started_month > {{ add_months('months.month', -12) }}
),

parts as (
    {{ contributions_of(
        ref('int_usage__segmented_months'), measures,
        dict(same_names(usage_measures()), active_accounts='case when active_users > 0 then 1 else 0 end')
    ) | indent(4) }}
    union all
    {{ contributions_of(ref('int_metrics__account_values'), measures, {'licensed_seats': 'value'}) | indent(4) }}
    where measure = 'licensed_seats'
    union all
    {{ contributions_of('started', measures, same_names(of_values)) | indent(4) }}
    {%- for ranked, top, size in usage_tops() %}
    union all
    {{ contributions_of(
        ref('int_usage__ranks'), measures, {top ~ '_' ~ ranked ~ '_event_count': 'event_count'}
    ) | indent(4) }}
    where ranked = '{{ ranked }}'
        and place <= {{ size }}
    {%- endfor %}
    union all
    {{ contribution_of_the_whole('monthly', measures) | indent(4) }}
)

select
    parts.*,
    monthly.days
from parts
inner join monthly
    on parts.policy = monthly.policy
    and parts.month = monthly.month
