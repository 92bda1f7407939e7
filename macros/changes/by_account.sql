{#-
    Tables that are rebuilt by account: a run takes the rows of the accounts that changed (int_changes__accounts) out and
    puts their new ones in, so that every window sees an account's whole history. The first run, and a full refresh, build
    all of them. A model says `{{ '{{ built_by_account() }}' }}` at its top and reads other tables by account `where
    {{ '{{ is_changed(...) }}' }}`.
-#}
{% macro built_by_account() -%}
    {{ config(
        materialized='incremental', on_schema_change='append_new_columns', pre_hook='{{ remove_changed_accounts() }}'
    ) }}
{%- endmacro %}


{#- The models that are built so. -#}
{% macro tables_by_account() -%}
    {{ return([
        'int_mrr__item_terms', 'int_mrr__term_slices', 'int_mrr__discounted_slices', 'int_mrr__item_mrr',
        'int_mrr__balances', 'int_mrr__item_changes', 'int_mrr__movement_causes', 'int_mrr__pending', 'int_mrr__short_stays',
        'int_segments__main_items', 'int_segments__periods', 'int_retention__pairs', 'fct_mrr_movements',
    ]) }}
{%- endmacro %}


{#- The contract's tables that they are built from, each row of which is an account's; what all share is products and rates. -#}
{% macro contract_of_tables_by_account() -%}
    {{ return(['accounts', 'account_segments', 'subscriptions', 'subscription_pauses', 'subscription_items', 'discounts']) }}
{%- endmacro %}


{#- Whether a row is of an account that this run rebuilds; always true where it builds all of them. -#}
{% macro is_changed(relation) -%}
    {%- if not execute -%}{%- do ref('int_changes__accounts') -%}{%- endif -%}
    {%- if adds_to_table() -%}
    exists (
        select 1
        from {{ ref('int_changes__accounts') }} as changed_accounts
        where changed_accounts.billing_entity = {{ relation }}.billing_entity
            and changed_accounts.account_id = {{ relation }}.account_id
    )
    {%- else -%}
    coalesce({{ relation }}.account_id, '') is not null
    {%- endif -%}
{%- endmacro %}


{#- The hook of a table by account. -#}
{% macro remove_changed_accounts() -%}
    {%- if adds_to_table() -%}
    {{- stop_at_shorter_money() -}}
    delete from {{ this }} where {{ is_changed(this) }}
    {%- endif -%}
{%- endmacro %}


{#- A table keeps its columns' types: what an earlier version built would round the money that is put into it, without a word. -#}
{% macro stop_at_shorter_money() -%}
    {%- for column in adapter.get_columns_in_relation(this) if column.data_type.replace(' ', '').endswith('(38,12)') -%}
        {{ exceptions.raise_compiler_error(
            this.identifier ~ " was built by an earlier version, whose money had 12 decimals: build once with --full-refresh (make build FULL_REFRESH=1)"
        ) }}
    {%- endfor -%}
{%- endmacro %}


{#-
    Before that, in a table with a column per segment: other segments than in the build before need other columns. dbt would
    change them after accounts have been taken out, and DuckDB doesn't alter a table that the same transaction has taken rows
    out of. Columns of segments that are gone go too, and so does whatever an earlier version has left.
-#}
{% macro match_segment_columns() -%}
    {%- if adds_to_table() -%}
        {%- set own = segment_columns() -%}
        {%- for name in model.columns if not name.startswith('segment_') -%}{%- do own.append(name) -%}{%- endfor -%}
        {%- set there, missing, surplus = [], [], [] -%}
        {%- for column in adapter.get_columns_in_relation(this) -%}
            {%- do there.append(column.name | lower) -%}
            {%- if column.name | lower not in own -%}{%- do surplus.append(column) -%}{%- endif -%}
        {%- endfor -%}
        {%- for name in segment_columns() if name not in there -%}{%- do missing.append(api.Column(name, type_of('text'))) -%}{%- endfor -%}
        {%- if missing or surplus -%}
            {%- do alter_relation_add_remove_columns(load_relation(this), missing or none, surplus or none) -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- What the tables by account were built from; nothing where they have to be built anew. -#}
{% macro accounts_as_built() -%}
    {%- set built = load_relation(this.incorporate(path={'identifier': 'int_changes__built'})) if execute and flags.WHICH in ('run', 'build') else none -%}
    {%- if built is not none and not should_full_refresh() -%}
    select * from {{ built }}
    {%- else -%}
    select * from sources where 1 = 0
    {%- endif -%}
{%- endmacro %}
