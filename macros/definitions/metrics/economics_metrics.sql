{#- Unit economics: what an account costs, brings and how long it stays, made of int_economics__monthly's columns. -#}
{% macro economics_metrics() -%}
    {%- set money = var('reporting_currency') -%}
    {%- set has_costs = 'acquisition_cost is not null' -%}
    {%- set is_there = 'opening_accounts + coalesce(paying_accounts, 0) > 0' -%}
    {%- set has_margin = 'margin_per_account is not null' -%}
    {%- set has_customers = 'customer_months_12m > 0' -%}
    {%- set metrics = [
        {'name': 'cac', 'unit': money, 'over_months': 'sum', 'numerator': 'acquisition_cost', 'denominator': 'new_accounts',
            'sample': 'new_accounts', 'only_if': has_costs},
        {'name': 'cac_paid', 'unit': money, 'over_months': 'sum', 'numerator': 'paid_media_cost', 'denominator': 'new_accounts',
            'sample': 'new_accounts', 'only_if': has_costs},
        {'name': 'cac_payback_months', 'unit': 'months', 'over_months': 'sum',
            'numerator': 'acquisition_cost', 'denominator': 'new_mrr * nullif(greatest(ltv_margin, 0), 0)',
            'sample': 'new_accounts', 'only_if': has_costs ~ ' and ltv_margin is not null'},
        {'name': 'ltv_capped_60m', 'unit': money,
            'numerator': 'margin_per_account * case when is_lifetime_capped then ' ~ lifetime_cap_months() ~ ' * whole else opening_accounts_3m end',
            'denominator': 'case when is_lifetime_capped then whole else churn_accounts_3m end',
            'sample': 'opening_accounts', 'only_if': has_margin},
        {'name': 'ltv_survival', 'unit': money, 'numerator': 'margin_per_account * customer_lifetime_months',
            'sample': 'opening_accounts', 'only_if': has_margin ~ ' and customer_lifetime_months is not null', 'splits': false},
        {'name': 'ltv_to_cac', 'unit': 'ratio', 'numerator': 'ltv', 'denominator': 'cac', 'sample': 'new_accounts',
            'only_if': has_costs ~ ' and ' ~ has_margin, 'splits': false},
        {'name': 'customer_lifetime_months', 'unit': 'months', 'numerator': 'customer_lifetime_months',
            'sample': 'opening_accounts', 'only_if': 'customer_lifetime_months is not null and ' ~ is_there, 'splits': false},
        {'name': 'customer_lifetime_median_months', 'unit': 'months', 'numerator': 'customer_lifetime_median_months',
            'sample': 'opening_accounts', 'only_if': 'customer_lifetime_months is not null and ' ~ is_there, 'splits': false},
        {'name': 'average_purchase_value', 'unit': money, 'numerator': 'purchase_amount_12m', 'denominator': 'purchases_12m',
            'sample': 'purchases_12m', 'only_if': has_customers},
        {'name': 'purchases_per_customer_year', 'unit': 'count', 'numerator': 'purchases_12m * 12',
            'denominator': 'customer_months_12m', 'sample': 'customers', 'only_if': has_customers},
        {'name': 'customer_lifespan_years', 'unit': 'years', 'numerator': 'customer_months_12m',
            'denominator': 'lapsed_customers_12m * 12', 'sample': 'lapsed_customers_12m', 'only_if': has_customers},
        {'name': 'clv', 'unit': money,
            'numerator': 'purchase_amount_12m' ~ (' * gross_margin' if var('clv_with_gross_margin') else ''),
            'denominator': 'lapsed_customers_12m', 'sample': 'lapsed_customers_12m', 'only_if': has_customers},
        {'name': 'arpu_daily', 'unit': money, 'over_months': 'sum',
            'numerator': 'recognised_revenue * days', 'denominator': 'user_days', 'sample': 'floor(user_days / days)', 'only_if': 'has_users and (user_days > 0 or recognised_revenue <> 0)'},
    ] -%}
    {%- for months in [6, 12] -%}
        {%- do metrics.append({'name': 'arpa_new_slope_' ~ months ~ 'm', 'unit': money,
            'numerator': 'slope_numerator_' ~ months ~ 'm', 'denominator': 'slope_denominator_' ~ months ~ 'm',
            'sample': 'new_accounts_' ~ months ~ 'm', 'only_if': 'new_accounts_12m > 0 and ' ~ is_there, 'splits': false}) -%}
    {%- endfor -%}
    {%- for top in concentration_tops() -%}
        {%- do metrics.append({'name': top.name ~ '_mrr_share', 'unit': 'ratio', 'numerator': top.name ~ '_mrr',
            'denominator': 'paying_mrr', 'sample': 'paying_accounts', 'only_if': 'paying_accounts > 0'}) -%}
    {%- endfor -%}
    {{ return(metrics) }}
{%- endmacro %}


{#- The measures of int_economics__monthly that hold what the largest accounts pay, as SQL over int_economics__account_ranks. -#}
{% macro concentration_measures() -%}
    {%- set measures = {'paying_mrr': 'mrr'} -%}
    {%- for top in concentration_tops() -%}
        {%- do measures.update({top.name ~ '_mrr': 'case when place <= ' ~ top.accounts ~ ' then mrr else 0 end'}) -%}
    {%- endfor -%}
    {{ return(measures) }}
{%- endmacro %}
