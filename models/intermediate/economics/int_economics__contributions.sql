{{ config(materialized="view") }}

{%- set of_metrics = {
    'int_metrics__account_mrr': ['new_accounts', 'new_mrr'],
    'int_metrics__account_churn': ['opening_accounts_3m', 'churn_accounts_3m'],
    'int_metrics__account_revenue': ['recognised_revenue'],
} -%}
{%- set of_year = {
    'customers': 'customer_months_12m', 'lapsed_customers': 'lapsed_customers_12m', 'purchases': 'purchases_12m',
    'purchase_amount': 'purchase_amount_12m',
} -%}
{%- set of_costs = ['acquisition_cost', 'paid_media_cost'] -%}
{%- set of_ranks = concentration_measures() -%}
{%- set columns = contribution_columns('int_economics__contributions') -%}
{%- set measures = columns.measures -%}
with monthly as (
    select * from {{ ref('int_economics__monthly') }}
    where dimension = 'all'
),

year as (
    {{- months_back(12) }}
),

parts as (
    {%- for model, names in of_metrics.items() %}
    {{ contributions_of(ref(model), measures, same_names(names)) | indent(4) }}
    union all
    {%- endfor %}
    -- Those there at the opening are there on all days; who comes and goes counts by the days.
    select
        users.policy,
        users.month,
        users.billing_entity,
        users.account_id,
        {{- measures_of_source(
            measures, {'user_days': 'users.value * ' ~ days_between('calendar.month', 'calendar.closes_on')}
        ) | indent(4) }}
    from {{ ref('int_metrics__account_values') }} as users
    inner join {{ ref('int_calendar__months') }} as calendar on users.month = calendar.month
    where users.measure = 'opening_users'
    union all
    {{ contributions_of(ref('int_economics__user_days'), measures, {'user_days': 'changed_user_days'}) | indent(4) }}
    {%- for measure, sum_of_year in of_year.items() %}
    union all
    select
        intervals.policy,
        year.month,
        intervals.billing_entity,
        intervals.account_id,
        {{- measures_of_source(measures, {sum_of_year: 'intervals.value'}) | indent(4) }}
    from {{ ref('int_economics__account_intervals') }} as intervals
    inner join year
        on intervals.month_from <= year.base_month
        and intervals.month_to > year.base_month
    where intervals.measure = '{{ measure }}'
    {%- endfor %}
    union all
    {{ contributions_of(ref('int_economics__account_ranks'), measures, of_ranks) | indent(4) }}
    union all
    select
        policies.policy,
        costs.month,
        coalesce(costs.billing_entity, {{ all_entities() }}) as billing_entity,
        {{ no_account() }} as account_id,
        {{- measures_of_source(measures, same_names(of_costs)) | indent(4) }}
    from {{ ref('int_economics__acquisition_costs') }} as costs
    cross join {{ ref('int_policies') }} as policies
    union all
    {{ contribution_of_the_whole('monthly', measures) | indent(4) }}
)

select
    parts.*,
    {{ prefixed('monthly', columns.factors) | join(',\n    ') }}
from parts
inner join monthly
    on parts.policy = monthly.policy
    and parts.month = monthly.month
