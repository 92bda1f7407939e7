{#- Variables that contradict each other, or name what isn't there, stop the run with a sentence that says what to change. -#}
{% macro check_variables() -%}
    {%- set problems = [] -%}
    {%- if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', as_of_date()) -%}
        {%- do problems.append("as_of_date is '" ~ as_of_date() ~ "': write it as YYYY-MM-DD") -%}
    {%- endif -%}
    {%- if var('native_data') not in ('demo', 'source') -%}
        {%- do problems.append("native_data is '" ~ var('native_data') ~ "': it is demo (the seeds) or source (tables in native_schema)") -%}
    {%- endif -%}
    {%- if not var('metric_policies') -%}
        {%- do problems.append("metric_policies is empty: name at least one row of the seed metric_policies, such as standard") -%}
    {%- endif -%}
    {%- if not 1 <= var('fiscal_year_start_month') | int <= 12 -%}
        {%- do problems.append("fiscal_year_start_month is " ~ var('fiscal_year_start_month') ~ ": it is a month, 1 to 12") -%}
    {%- endif -%}
    {%- set counts = {
        'cac_lag_months': 0, 'close_after_days': 0, 'restatement_account_months': 0, 'restatement_accounts': 0, 'forecast_minimum_backtests': 1, 'forecast_window_months': 1, 'onboarding_months': 1,
        'purchase_lapse_months': 1, 'top_n_accounts': 1,
    } -%}
    {%- for name, least in counts.items() if not modules.re.match('^[0-9]+$', var(name) | string) or var(name) | int < least -%}
        {%- do problems.append(name ~ " is '" ~ var(name) ~ "': it is a whole number, " ~ least ~ " or more") -%}
    {%- endfor -%}
    {%- if not 0 <= var('health_minimum_coverage') | float(-1) <= 1 -%}
        {%- do problems.append("health_minimum_coverage is " ~ var('health_minimum_coverage') ~ ": it is a share, 0 to 1") -%}
    {%- endif -%}
    {%- set taken = standard_dimensions() + ['csm', 'feature'] -%}
    {%- for segment in custom_segments() if segment in taken or not modules.re.match('^[a-z_][a-z0-9_]*$', segment) -%}
        {%- do problems.append("custom_segments has '" ~ segment ~ "': a name of lowercase letters, digits and _ that is none of " ~ taken | join(', ')) -%}
    {%- endfor -%}
    {%- for entity, day in var('history_starts').items() if not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}', day | string) -%}
        {%- do problems.append("history_starts of '" ~ entity ~ "' is '" ~ day ~ "': write it as YYYY-MM-DD") -%}
    {%- endfor -%}
    {%- if var('bi_role') and target.type != 'postgres' -%}
        {%- do problems.append("bi_role is '" ~ var('bi_role') ~ "', and only Postgres gets its grants from the project: use dbt's config `grants` on " ~ target.type) -%}
    {%- endif -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error('Change these variables:\n- ' ~ problems | join('\n- ')) }}
    {%- endif -%}
{%- endmacro %}
