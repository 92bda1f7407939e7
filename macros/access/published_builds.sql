{#-
    At the end of a run in which all went well: its row in the table published_builds. `make build` notes it itself once readers
    have the file (cs_metrics/books.py), and says so by CS_METRICS_PUBLISHES_LATER. What a build that failed has kept of
    its figures is not "as reported", and goes with the next one (int_restatements). On DuckLake the row has the snapshot
    that holds all of the build: tables are replaced one after the other, and who reads `at (version => snapshot_id)` of
    the newest row sees them as they were when a build was whole, never some of one build and some of the next.
-#}
{% macro publish_build(results) -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {%- set failed = results | map(attribute='status') | map('string') | select('in', ['error', 'fail', 'runtime error', 'skipped', 'partial success']) | list -%}
        {%- if not failed and not env_var('CS_METRICS_PUBLISHES_LATER', '') %}
    insert into {{ published_builds() }} (snapshot_id, as_of_date, run_started_at, invocation_id)
    select {{ snapshot_of_build() }}, cast('{{ as_of_date() }}' as date), cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp), '{{ invocation_id }}'
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}


{#- At the start of a run: the table, where it isn't there yet. -#}
{% macro prepare_published_builds() -%}
    {%- if execute and flags.WHICH in ('run', 'build') %}
        {%- if not adapter.check_schema_exists(target.database, target.schema) -%}{%- do adapter.create_schema(published_builds()) -%}{%- endif %}
    create table if not exists {{ published_builds() }} (
        snapshot_id {{ type_of('integer') }}, as_of_date date, run_started_at timestamp, invocation_id {{ type_of('text') }}
    )
    {%- endif -%}
{%- endmacro %}


{% macro published_builds() -%}
    {{ return(api.Relation.create(database=target.database, schema=target.schema, identifier='published_builds')) }}
{%- endmacro %}


{#- The newest snapshot of a DuckLake; nothing elsewhere. -#}
{% macro snapshot_of_build() -%}
    {{ adapter.dispatch('snapshot_of_build', 'cs_metrics')() }}
{%- endmacro %}

{% macro default__snapshot_of_build() -%}
    cast(null as {{ type_of('integer') }})
{%- endmacro %}

{% macro duckdb__snapshot_of_build() -%}
    {%- if adapter.is_ducklake(published_builds()) -%}
    (select max(snapshot_id) from {{ adapter.quote(target.database) }}.snapshots())
    {%- else -%}
    {{ cs_metrics.default__snapshot_of_build() }}
    {%- endif -%}
{%- endmacro %}
