{#- Variables that contradict each other, or name what isn't there, stop the run with a sentence that says what to change. -#}
{% macro check_variables() -%}
    {%- set problems = [] -%}
    {%- if not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', as_of_date()) -%}
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
        'cac_lag_months': 0, 'close_after_days': 0, 'exchange_rate_max_age_days': 0, 'small_sample_below': 0, 'restatement_account_months': 0, 'restatement_accounts': 0, 'forecast_minimum_backtests': 1, 'forecast_window_months': 1, 'onboarding_months': 1,
        'purchase_lapse_months': 1, 'top_n_accounts': 1,
    } -%}
    {%- for name, least in counts.items() if not modules.re.fullmatch('[0-9]+', var(name) | string) or var(name) | int < least -%}
        {%- do problems.append(name ~ " is '" ~ var(name) ~ "': it is a whole number, " ~ least ~ " or more") -%}
    {%- endfor -%}
    {%- for name in ['health_minimum_coverage', 'unclassified_tolerance'] if not 0 <= var(name) | float(-1) <= 1 -%}
        {%- do problems.append(name ~ " is " ~ var(name) ~ ": it is a share, 0 to 1") -%}
    {%- endfor -%}
    {%- if custom_segments() is string or custom_segments() is mapping or custom_segments() is not iterable -%}
        {%- do problems.append("custom_segments is '" ~ custom_segments() ~ "': it is a list of names, such as [tier, territory]") -%}
    {%- else -%}
        {%- for segment in custom_segments() if segment_problem(segment) -%}
            {%- do problems.append("custom_segments has '" ~ segment ~ "': " ~ segment_problem(segment)) -%}
        {%- endfor -%}
        {%- if custom_segments() | unique(case_sensitive=true) | list | length < custom_segments() | length -%}
            {%- do problems.append("custom_segments has a name twice: " ~ custom_segments() | join(', ')) -%}
        {%- endif -%}
    {%- endif -%}
    {%- if var('history_starts') is not mapping -%}
        {%- do problems.append("history_starts is '" ~ var('history_starts') ~ "': it maps billing entities to days, such as {north: 2024-01-01}") -%}
    {%- else -%}
        {%- for entity, day in var('history_starts').items() if not modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', day | string) -%}
            {%- do problems.append("history_starts of '" ~ entity ~ "' is '" ~ day ~ "': write it as YYYY-MM-DD") -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for column in var('account_extra_columns') if not modules.re.fullmatch('x_[a-z0-9_]+', column | string) -%}
        {%- do problems.append("account_extra_columns has '" ~ column ~ "': a column of accounts whose name begins with x_, in lowercase letters, digits and _") -%}
    {%- endfor -%}
    {%- if not modules.re.fullmatch('[A-Z][A-Z0-9]{2,9}', var('reporting_currency') | string) -%}
        {%- do problems.append("reporting_currency is '" ~ var('reporting_currency') ~ "': it is the code of a currency (ISO 4217), such as USD") -%}
    {%- endif -%}
    {%- if var('bi_role') and '"' in var('bi_role') -%}
        {%- do problems.append("bi_role is '" ~ var('bi_role') ~ "': it is a name without quotation marks") -%}
    {%- endif -%}
    {%- if var('bi_role') and target.type != 'postgres' -%}
        {%- do problems.append("bi_role is '" ~ var('bi_role') ~ "', and only Postgres gets its grants from the project: use dbt's config `grants` on " ~ target.type) -%}
    {%- endif -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error('Change these variables:\n- ' ~ problems | join('\n- ')) }}
    {%- endif -%}
{%- endmacro %}
