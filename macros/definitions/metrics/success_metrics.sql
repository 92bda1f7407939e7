{#- Customer success: what reps look after, made of int_success__monthly's columns. -#}
{% macro success_metrics() -%}
    {%- set money = var('reporting_currency') -%}
    {%- set of_reps = "has_csms and dimension in ('all', 'csm')" -%}
    {{ return([
        {'name': 'csm_fte', 'unit': 'count', 'numerator': 'csm_fte', 'only_if': 'csm_fte is not null'},
        {'name': 'assigned_arr', 'unit': money, 'numerator': 'assigned_mrr * 12',
            'only_if': "has_assignments and dimension <> 'csm'"},
        {'name': 'unassigned_arr', 'unit': money, 'numerator': '(closing_mrr - assigned_mrr) * 12',
            'only_if': "has_assignments and dimension <> 'csm'"},
        {'name': 'arr_per_csm', 'unit': money, 'numerator': 'assigned_mrr * 12', 'denominator': 'csm_fte',
            'sample': 'assigned_accounts', 'only_if': 'has_assignments and ' ~ of_reps},
        {'name': 'accounts_per_csm', 'unit': 'count', 'numerator': 'assigned_accounts', 'denominator': 'csm_fte',
            'sample': 'assigned_accounts', 'only_if': 'has_assignments and ' ~ of_reps},
        {'name': 'total_arr_per_csm', 'unit': money, 'numerator': 'closing_mrr * 12', 'denominator': 'csm_fte',
            'sample': 'closing_accounts', 'only_if': "has_csms and dimension = 'all'"},
    ]) }}
{%- endmacro %}


{#- The metrics of revenue_metrics() that a rep's book of accounts has too (dimension csm). -#}
{% macro metrics_of_a_book() -%}
    {%- set names = [
        'mrr', 'arr', 'opening_mrr', 'accounts', 'customer_churn_rate', 'nrr_1m', 'grr_1m', 'nrr_12m', 'grr_12m',
    ] -%}
    {{ return(revenue_metrics() | selectattr('name', 'in', names) | list) }}
{%- endmacro %}


{#- The metrics of voice_metrics() that a rep has too (dimension csm): all that are made of answers and invitations. -#}
{% macro voice_metrics_of_a_rep() -%}
    {{ return(voice_metrics() | rejectattr('denominator', 'equalto', 'closing_mrr') | list) }}
{%- endmacro %}
