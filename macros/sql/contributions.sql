{#-
    The columns of a contributions model: the measures, which may be added up over accounts, in lists of those that stand in
    the same rows; and the factors, which all rows of a policy's month have alike, that of `whole` among them.
-#}
{% macro contribution_columns(model) -%}
    {%- set factors = [] -%}
    {%- if model == 'int_metrics__contributions' -%}
        {%- set together = [
            bridge_measures(),
            ['recognised_revenue', 'recurring_revenue'],
            ['users', 'opening_users', 'licensed_seats', 'pending_mrr', 'joined_and_left_accounts'],
            retention_measures(1).keys() | list + retention_measures(12).keys() | list,
            ['opening_accounts_3m', 'churn_accounts_3m'],
            ['recurring_cost', 'whole'],
        ] -%}
        {%- set factors = ['churn_rate_base', 'net_churn', 'ltv_without_churn', 'pooled_churn_rate', 'margin_per_account'] -%}
    {%- elif model == 'int_voice__contributions' -%}
        {%- set together = [voice_count_measures().keys() | list, ['promoter_mrr', 'passive_mrr', 'detractor_mrr'], ['closing_mrr']] -%}
    {%- elif model == 'int_usage__contributions' -%}
        {%- set together = [
            usage_measures() + ['active_accounts'], usage_top_measures(), ['started_accounts', 'reached_accounts', 'licensed_seats', 'whole'],
        ] -%}
        {%- set factors = ['days'] -%}
    {%- elif model == 'int_success__contributions' -%}
        {%- set together = [['closing_mrr', 'closing_accounts'], ['assigned_mrr', 'assigned_accounts', 'csm_fte']] -%}
    {%- elif model == 'int_economics__contributions' -%}
        {%- set together = [
            ['new_accounts', 'new_mrr', 'recognised_revenue'],
            ['opening_accounts_3m', 'churn_accounts_3m'],
            ['customer_months_12m', 'lapsed_customers_12m', 'purchases_12m', 'purchase_amount_12m'],
            ['user_days'],
            concentration_measures().keys() | list,
            ['acquisition_cost', 'paid_media_cost', 'whole'],
        ] -%}
        {%- set factors = ['days', 'gross_margin', 'ltv_margin', 'margin_per_account', 'is_lifetime_capped'] -%}
    {%- else -%}
        {{ exceptions.raise_compiler_error("contribution_columns: '" ~ model ~ "' is no model of measures") }}
    {%- endif -%}
    {{ return({'together': together, 'measures': together | sum(start=[]), 'factors': factors}) }}
{%- endmacro %}


{#-
    The measures of one source of accounts' contributions: its own, and 0 for the others, so that sources are put one
    under the other and never joined. Every formula of the catalogue is linear in measures, so it may be worked out row
    by row and added up. All have one type, or Postgres wouldn't pass a filter on to the sources and drop those of 0.

    all_measures: names, in their order. own: the source's, name to SQL.
-#}
{% macro measures_of_source(all_measures, own) -%}
    {%- for name in own if name not in all_measures -%}
        {{ exceptions.raise_compiler_error("measures_of_source: '" ~ name ~ "' is none of " ~ all_measures | join(', ')) }}
    {%- endfor -%}
    {%- for name in all_measures %}
    cast({{ own.get(name, '0') }} as {{ type_of('part') }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The sources' own measures where they are called the same there: name to name. -#}
{% macro same_names(names) -%}
    {{ return(dict(zip(names, names))) }}
{%- endmacro %}


{#- Every month beside itself and those before it, so many in all: the months that a figure of several is made of. -#}
{% macro months_back(count) -%}
    {%- for back in range(count) %}
    select month, closes_on, {{ add_months('month', -back) }} as base_month from {{ ref('int_calendar__months') }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- What a row has where a part of a figure belongs to no account, or to no billing entity. -#}
{% macro no_account() -%}
    '(no account)'
{%- endmacro %}

{% macro all_entities() -%}
    '(all)'
{%- endmacro %}


{#- A source of accounts' contributions as a whole select, to which conditions may be added. own: its measures, name to SQL. -#}
{% macro contributions_of(source, all_measures, own) -%}
    select
        policy,
        month,
        billing_entity,
        account_id,
        {{- measures_of_source(all_measures, own) }}
    from {{ source }}
{%- endmacro %}


{#- What stands for the company as a whole, once a policy and month of a source. -#}
{% macro contribution_of_the_whole(source, all_measures) -%}
    select
        policy,
        month,
        {{ all_entities() }} as billing_entity,
        {{ no_account() }} as account_id,
        {{- measures_of_source(all_measures, {'whole': 'whole'}) }}
    from {{ source }}
{%- endmacro %}
