{#-
    The kept tables: what was reported first stays, whatever is built later, by a full refresh too. Each row says which
    build reported it and as of which day.
-#}

{#- Says so at the top of the model of a kept table. -#}
{% macro kept_for_good() -%}
    {{ config(
        materialized='incremental', full_refresh=false, on_schema_change='append_new_columns',
        pre_hook='{{ forget_unpublished() }}'
    ) }}
{%- endmacro %}


{#- Before a kept table takes more: what a build has added that failed, and so was never reported, goes. -#}
{% macro forget_unpublished() -%}
    {%- if execute and load_relation(this) is not none -%}
    delete from {{ this }} where build_id not in (select invocation_id from {{ published_builds() }})
    {%- endif -%}
{%- endmacro %}


{#- The columns that say by which build a row was reported. -#}
{% macro reported_by() -%}
    cast('{{ as_of_date() }}' as date) as first_reported_on,
    '{{ invocation_id }}' as build_id
{%- endmacro %}


{#- Of what this build has reported first: the distinct keys. -#}
{% macro reported_now(keys) -%}
    select distinct {{ keys | join(', ') }}
    from {{ ref('int_restatements__first_figures') }}
    where build_id = '{{ invocation_id }}'
{%- endmacro %}


{#- The WHERE of a kept table: what it has already stays as it is. -#}
{% macro not_kept_yet(relation, keys) -%}
    {%- if adds_to_table() -%}
    where not exists (
        select 1 from {{ this }} as kept
        where {{ same('kept', relation, keys) }}
    )
    {%- endif -%}
{%- endmacro %}


{#- Whether a month that closes now is recent enough to have what its figures rest on kept apart. -#}
{% macro is_kept_apart(month) -%}
    {{ month }} >= {{ add_months(as_of_month(), -1 - var('restatement_account_months')) }}
{%- endmacro %}


{#- Facts of several accounts or months, added up. -#}
{% macro sums_of_facts(relation='facts') -%}
    cast(sum({{ relation }}.source_rows) as {{ type_of('integer') }}) as source_rows,
    {%- for hash in ['key_hash', 'content_hash'] %}
        cast(sum({{ relation }}.{{ hash }}) as {{ type_of('hash') }}) as {{ hash }}{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}


{#-
    What all figures follow from besides the data, as one text: the formulas of the metrics, the variables, the rules that
    are seeds, the models. It changes with any of them, also where that changes no figure. Which data there is isn't one of
    them: not the variables that say which tables and segments a company has, nor staging, which is there for those tables
    alone and whose work shows in the rows themselves.
-#}
{% macro definitions_in_use() -%}
    {%- set parts = [tojson(metric_catalogue())] -%}
    {%- for name in variables_of_definitions() -%}
        {%- do parts.append(name ~ '=' ~ tojson(var(name))) -%}
    {%- endfor -%}
    {%- for node in (graph.nodes.values() if execute else []) | sort(attribute='unique_id') if node.package_name == 'cs_metrics' -%}
        {%- if node.resource_type == 'model' and not node.original_file_path.startswith('models/staging') or node.original_file_path.startswith('seeds/rules') and node.name not in seeds_with_a_reason_of_their_own() -%}
            {%- do parts.append(node.name ~ '=' ~ node.checksum.checksum) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(local_md5(parts | join('|'))) }}
{%- endmacro %}

{% macro variables_of_definitions() -%}
    {{ return([
        'reporting_currency', 'reporting_time_zone', 'source_time_zone', 'history_starts', 'exchange_rate_max_age_days', 'cac_lag_months',
        'purchase_lapse_months', 'clv_with_gross_margin', 'top_n_accounts', 'onboarding_months',
    ]) }}
{%- endmacro %}

{#- What counts as recurring is told apart from other rules; of the policies, only the ones in a build matter to it. -#}
{% macro seeds_with_a_reason_of_their_own() -%}
    {{ return(['charge_code_rules', 'revenue_classes', 'metric_policies', 'metric_benchmarks']) }}
{%- endmacro %}

{% macro policy_switches() -%}
    {{ return([
        'account_grain', 'discounts', 'week_months_numerator', 'week_months_denominator', 'day_months_numerator', 'day_months_denominator',
        'pauses', 'churns_on', 'churn_rate_base', 'net_churn', 'ltv_margin', 'ltv_without_churn',
    ]) }}
{%- endmacro %}


{#- Whether a kept row had been reported by the as-of date. -#}
{% macro was_reported(relation=none) -%}
    {{ relation ~ '.' if relation }}first_reported_on <= cast('{{ as_of_date() }}' as date)
{%- endmacro %}
