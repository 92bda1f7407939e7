{{ config(materialized="view") }}

{%- set of_revenue = ['recognised_revenue', 'recurring_revenue'] -%}
{%- set of_intervals = ['users', 'opening_users', 'licensed_seats', 'pending_mrr', 'short_stays'] -%}
{%- set of_churn = ['opening_accounts_3m', 'churn_accounts_3m'] -%}
{%- set columns = contribution_columns('int_metrics__contributions') -%}
{%- set measures = columns.measures -%}
with monthly as (
    select * from {{ ref('int_metrics__monthly') }}
    where dimension = 'all' and is_reported
),

parts as (
    {{ contributions_of(ref('int_metrics__account_mrr'), measures, same_names(bridge_measures())) | indent(4) }}
    union all
    {{ contributions_of(ref('int_metrics__account_revenue'), measures, same_names(of_revenue)) | indent(4) }}
    {%- for measure in of_intervals %}
    union all
    {{ contributions_of(
        ref('int_metrics__account_values'), measures,
        {'joined_and_left_accounts' if measure == 'short_stays' else measure: 'value'}
    ) | indent(4) }}
    where measure = '{{ measure }}'
    {%- endfor %}
    {%- for months in [1, 12] %}
    union all
    {{ contributions_of(ref('int_metrics__account_retention'), measures, retention_measures(months)) | indent(4) }}
    where horizon_months = {{ months }}
    {%- endfor %}
    union all
    {{ contributions_of(ref('int_metrics__account_churn'), measures, same_names(of_churn)) | indent(4) }}
    union all
    -- What belongs to no account: costs, and what stands for the company as a whole.
    select
        monthly.policy,
        monthly.month,
        coalesce(costs.billing_entity, {{ all_entities() }}) as billing_entity,
        {{ no_account() }} as account_id,
        {{- measures_of_source(measures, {'recurring_cost': 'costs.cost'}) | indent(4) }}
    from monthly
    inner join {{ ref('int_metrics__recurring_costs') }} as costs on monthly.month = costs.month
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
