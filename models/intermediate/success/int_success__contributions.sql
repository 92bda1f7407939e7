{{ config(materialized="view") }}

{%- set of_mrr = ['closing_mrr', 'closing_accounts'] -%}
{%- set measures = contribution_columns('int_success__contributions').measures -%}
{{ contributions_of(ref('int_metrics__account_mrr'), measures, same_names(of_mrr)) }}
union all
select
    shares.policy,
    rates.month,
    shares.billing_entity,
    shares.account_id,
    {{- measures_of_source(measures, {
        'assigned_mrr': in_reporting_currency('shares.mrr', 'rates.rate'), 'assigned_accounts': 'shares.accounts',
    }) }}
from {{ ref('int_success__account_shares') }} as shares
inner join {{ ref('contract_month_rates') }} as rates
    on shares.mrr_currency = rates.currency
    and shares.month_from <= rates.month
    and shares.month_to > rates.month
where shares.book = 'closing'
    and shares.csm_id <> '(unassigned)'
    and rates.month <= {{ as_of_month() }}
union all
-- A rep is on duty for the company, whatever the accounts.
select
    policies.policy,
    fte.month,
    {{ all_entities() }} as billing_entity,
    {{ no_account() }} as account_id,
    {{- measures_of_source(measures, {'csm_fte': 'fte.fte'}) }}
from {{ ref('int_success__fte') }} as fte
cross join {{ ref('int_policies') }} as policies
