{#- MRR, its movements, revenue, retention and what follows from them, made of int_metrics__monthly's columns. -#}
{% macro revenue_metrics() -%}
    {%- set money = var('reporting_currency') -%}
    {%- set moved_in = 'new_mrr + reactivation_mrr + expansion_mrr' -%}
    {%- set lost = 'churn_mrr + contraction_mrr' -%}
    {{ return([
        {'name': 'mrr', 'unit': money, 'numerator': 'closing_mrr'},
        {'name': 'arr', 'unit': money, 'numerator': 'closing_mrr * 12'},
        {'name': 'committed_mrr', 'unit': money, 'numerator': 'closing_mrr + pending_mrr'},
        {'name': 'opening_mrr', 'unit': money, 'over_months': 'first', 'numerator': 'opening_mrr'},
        {'name': 'new_mrr', 'unit': money, 'over_months': 'sum', 'numerator': 'new_mrr'},
        {'name': 'reactivation_mrr', 'unit': money, 'over_months': 'sum', 'numerator': 'reactivation_mrr'},
        {'name': 'expansion_mrr', 'unit': money, 'over_months': 'sum', 'numerator': 'expansion_mrr'},
        {'name': 'contraction_mrr', 'unit': money, 'over_months': 'sum', 'numerator': 'contraction_mrr'},
        {'name': 'churned_mrr', 'unit': money, 'over_months': 'sum', 'numerator': 'churn_mrr'},
        {'name': 'fx_mrr', 'unit': money, 'over_months': 'sum', 'numerator': 'fx_mrr'},
        {'name': 'net_new_mrr', 'unit': money, 'over_months': 'sum',
            'numerator': moved_in ~ ' - contraction_mrr - churn_mrr'},
        {'name': 'recognised_revenue', 'unit': money, 'over_months': 'sum', 'numerator': 'recognised_revenue'},
        {'name': 'recurring_revenue', 'unit': money, 'over_months': 'sum', 'numerator': 'recurring_revenue'},
        {'name': 'non_recurring_revenue', 'unit': money, 'over_months': 'sum', 'numerator': 'recognised_revenue - recurring_revenue'},
        {'name': 'accounts', 'unit': 'count', 'numerator': 'closing_accounts'},
        {'name': 'opening_accounts', 'unit': 'count', 'over_months': 'first', 'numerator': 'opening_accounts'},
        {'name': 'new_accounts', 'unit': 'count', 'over_months': 'sum', 'numerator': 'new_accounts'},
        {'name': 'reactivated_accounts', 'unit': 'count', 'over_months': 'sum', 'numerator': 'reactivation_accounts'},
        {'name': 'churned_accounts', 'unit': 'count', 'over_months': 'sum', 'numerator': 'churn_accounts'},
        {'name': 'joined_and_left_accounts', 'unit': 'count', 'over_months': 'sum', 'numerator': 'joined_and_left_accounts'},
        {'name': 'users', 'unit': 'count', 'numerator': 'users', 'only_if': 'has_users'},
        {'name': 'average_users', 'unit': 'count', 'numerator': '(opening_users + users) * 0.5', 'only_if': 'has_users'},
        {'name': 'arpa', 'unit': money, 'numerator': 'closing_mrr', 'denominator': 'closing_accounts',
            'sample': 'closing_accounts'},
        {'name': 'arpa_new', 'unit': money, 'over_months': 'sum', 'numerator': 'new_mrr', 'denominator': 'new_accounts',
            'sample': 'new_accounts'},
        {'name': 'arpu', 'unit': money, 'over_months': 'sum',
            'numerator': 'recognised_revenue', 'denominator': '(opening_users + users) * 0.5', 'sample': 'users', 'only_if': 'has_users'},
        {'name': 'arpc', 'unit': money, 'over_months': 'sum',
            'numerator': 'recognised_revenue', 'denominator': 'closing_accounts', 'sample': 'closing_accounts'},
        {'name': 'customer_churn_rate', 'unit': 'ratio', 'over_months': ['sum', 'first'],
            'numerator': "churn_accounts + case churn_rate_base when 'opening_and_new' then joined_and_left_accounts else 0 end",
            'denominator': churn_rate_denominator(), 'sample': churn_rate_denominator()},
        {'name': 'gross_mrr_churn_rate', 'unit': 'ratio', 'over_months': ['sum', 'first'],
            'numerator': 'then_mrr_1m - kept_mrr_1m', 'denominator': 'then_mrr_1m', 'sample': 'accounts_then_1m'},
        {'name': 'net_mrr_churn_rate', 'unit': 'ratio', 'over_months': ['sum', 'first'],
            'numerator': "then_mrr_1m - now_mrr_1m - case net_churn when 'with_reactivation' then reactivation_mrr else 0 end",
            'denominator': 'then_mrr_1m', 'sample': 'accounts_then_1m'},
        {'name': 'nrr_1m', 'unit': 'ratio', 'numerator': 'now_mrr_1m', 'denominator': 'then_mrr_1m', 'sample': 'accounts_then_1m'},
        {'name': 'grr_1m', 'unit': 'ratio', 'numerator': 'kept_mrr_1m', 'denominator': 'then_mrr_1m', 'sample': 'accounts_then_1m'},
        {'name': 'nrr_12m', 'unit': 'ratio', 'numerator': 'now_mrr_12m', 'denominator': 'then_mrr_12m', 'sample': 'accounts_then_12m'},
        {'name': 'grr_12m', 'unit': 'ratio', 'numerator': 'kept_mrr_12m', 'denominator': 'then_mrr_12m', 'sample': 'accounts_then_12m'},
        {'name': 'net_dollar_retention_difference', 'unit': money, 'numerator': 'now_mrr_12m - then_mrr_12m'},
        {'name': 'quick_ratio', 'unit': 'ratio', 'over_months': 'sum',
            'numerator': moved_in, 'denominator': lost, 'sample': 'opening_accounts'},
        {'name': 'gross_margin', 'unit': 'ratio', 'over_months': 'sum',
            'numerator': 'recurring_revenue - recurring_cost', 'denominator': 'recurring_revenue', 'only_if': 'recurring_cost is not null'},
        {'name': 'ltv', 'unit': money,
            'numerator': "margin_per_account * case when pooled_churn_rate = 0 and ltv_without_churn = '60_months' then 60 * whole else opening_accounts_3m end",
            'denominator': "case when pooled_churn_rate = 0 and ltv_without_churn = '60_months' then whole else churn_accounts_3m end",
            'sample': 'opening_accounts', 'only_if': 'margin_per_account is not null'},
    ]) }}
{%- endmacro %}


{#- What lost accounts are measured against: those at the opening, or (Stripe) with those who joined as well. -#}
{% macro churn_rate_denominator() -%}
    opening_accounts + case churn_rate_base when 'opening_and_new' then new_accounts + reactivation_accounts + joined_and_left_accounts else 0 end
{%- endmacro %}


{% macro last_three_months() -%}
    partition by policy, dimension, dimension_value order by month rows between 2 preceding and current row
{%- endmacro %}


{#- The measures of the bridge: what a month opens and closes with, and each type of movement between. -#}
{% macro bridge_measures() -%}
    {%- set names = ['opening_mrr', 'fx_mrr', 'closing_mrr', 'opening_accounts', 'closing_accounts'] -%}
    {%- for type, _ in movement_types() -%}
        {%- do names.extend([type ~ '_mrr', type ~ '_accounts']) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}


{#- The measures of retention over so many months, by their names in int_metrics__retention. -#}
{% macro retention_measures(months) -%}
    {%- set names = {} -%}
    {%- for name in ['then_mrr', 'now_mrr', 'kept_mrr', 'accounts_then'] -%}
        {%- do names.update({name ~ '_' ~ months ~ 'm': name}) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
