{#-
    On DuckLake, at the end of a run in which all went well: the snapshot that holds all of it goes into the table
    published_builds. Tables are replaced one after the other; who reads `at (version => snapshot_id)` of the newest
    row sees them as they were when a build was whole, never some of one build and some of the next.
-#}
{% macro publish_build(results) -%}
    {%- if execute and flags.WHICH in ('run', 'build') -%}
        {{ adapter.dispatch('publish_build', 'cs_metrics')(results) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__publish_build(results) -%}
{%- endmacro %}

{% macro duckdb__publish_build(results) -%}
    {%- set place = api.Relation.create(database=target.database, schema=target.schema, identifier='published_builds') -%}
    {%- set failed = results | map(attribute='status') | map('string') | select('in', ['error', 'fail', 'runtime error', 'skipped', 'partial success']) | list -%}
    {%- if adapter.is_ducklake(place) and not failed -%}
    create table if not exists {{ place }} (snapshot_id bigint, as_of_date date, run_started_at timestamp, invocation_id varchar);
    insert into {{ place }}
    select max(snapshot_id), cast('{{ as_of_date() }}' as date), cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S") }}' as timestamp), '{{ invocation_id }}'
    from {{ adapter.quote(target.database) }}.snapshots()
    {%- endif -%}
{%- endmacro %}
