{#- Active users, time spent, adoption, concentration and time to value, made of int_usage__monthly's columns. -#}
{% macro usage_metrics() -%}
    {%- set top_shares = [] -%}
    {%- for ranked, top, _ in usage_tops() -%}
        {%- do top_shares.append({
            'name': top ~ '_usage_share' if ranked == 'users' else top ~ '_account_usage_share', 'unit': 'ratio',
            'numerator': top ~ '_' ~ ranked ~ '_event_count', 'denominator': 'event_count', 'sample': 'active_' ~ ranked,
        }) -%}
    {%- endfor -%}
    {{ return([
        {'name': 'dau', 'unit': 'count', 'over_months': 'sum',
            'numerator': 'user_days', 'denominator': 'days * whole', 'sample': 'active_users'},
        {'name': 'wau', 'unit': 'count', 'numerator': 'weekly_users'},
        {'name': 'mau', 'unit': 'count', 'numerator': 'monthly_users'},
        {'name': 'stickiness', 'unit': 'ratio', 'over_months': 'sum', 'numerator': 'user_days', 'denominator': 'monthly_users * days',
            'sample': 'monthly_users'},
        {'name': 'active_users', 'unit': 'count', 'numerator': 'active_users'},
        {'name': 'active_accounts', 'unit': 'count', 'numerator': 'active_accounts'},
        {'name': 'minutes_per_active_user', 'unit': 'minutes', 'over_months': 'sum', 'numerator': 'minutes', 'denominator': 'timed_users',
            'sample': 'timed_users'},
        {'name': 'adoption_rate', 'unit': 'ratio', 'numerator': 'active_users', 'denominator': 'licensed_seats',
            'sample': 'licensed_seats'},
        {'name': 'time_to_value_days', 'unit': 'days', 'numerator': 'median_days_to_value', 'sample': 'started_accounts', 'splits': false},
        {'name': 'value_reached_rate', 'unit': 'ratio', 'numerator': 'reached_accounts', 'denominator': 'started_accounts',
            'sample': 'started_accounts'},
    ] + top_shares) }}
{%- endmacro %}


{#- The metrics of features, made of int_usage__features' columns: a row for each feature, none for the whole. -#}
{% macro usage_feature_metrics() -%}
    {{ return([
        {'name': 'feature_adoption_rate', 'unit': 'ratio', 'numerator': 'feature_accounts', 'denominator': 'active_accounts',
            'sample': 'active_accounts', 'dimension': 'feature'},
    ]) }}
{%- endmacro %}


{#- What is counted of an account's use in a month. -#}
{% macro usage_measures() -%}
    {{ return(
        ['active_users', 'user_days', 'event_count', 'minutes', 'timed_users', 'weekly_users', 'monthly_users']
    ) }}
{%- endmacro %}


{#- The most active whose share of usage is told: users or accounts, the name, and how many of all_members they are. -#}
{% macro usage_tops() -%}
    {{ return([
        ('users', 'top_1pct', 'ceil(all_members * 0.01)'),
        ('users', 'top_10pct', 'ceil(all_members * 0.1)'),
        ('accounts', 'top_1pct', 'ceil(all_members * 0.01)'),
        ('accounts', 'top_10pct', 'ceil(all_members * 0.1)'),
        ('accounts', 'top_n', var('top_n_accounts') | string),
    ]) }}
{%- endmacro %}


{#- The measures of int_usage__monthly that hold what the most active did. -#}
{% macro usage_top_measures() -%}
    {%- set names = [] -%}
    {%- for ranked, top, _ in usage_tops() -%}
        {%- do names.append(top ~ '_' ~ ranked ~ '_event_count') -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
