{{ config(materialized="view") }}

{%- set of_counts = voice_count_measures() -%}
{%- set measures = contribution_columns('int_voice__contributions').measures -%}
select
    policy,
    counted_in as month,
    billing_entity,
    coalesce(account_id, {{ no_account() }}) as account_id,
    {{- measures_of_source(measures, of_counts) }}
from {{ ref('int_voice__counts') }}
{%- for class in nps_classes() %}
union all
select
    spans.policy,
    rates.month,
    spans.billing_entity,
    spans.account_id,
    {{- measures_of_source(measures, {class ~ '_mrr': in_reporting_currency('spans.mrr', 'rates.rate')}) }}
from {{ ref('int_voice__class_spans') }} as spans
inner join {{ ref('contract_month_rates') }} as rates
    on spans.mrr_currency = rates.currency
    and spans.month_from <= rates.month
    and spans.month_to > rates.month
where spans.nps_class = '{{ class }}'
    and rates.month <= {{ as_of_month() }}
{%- endfor %}
union all
{{ contributions_of(ref('int_metrics__account_mrr'), measures, same_names(['closing_mrr'])) }}
