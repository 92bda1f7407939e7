{%- set compared = [
    'top_account_id', 'source_rows', 'content_hash', 'phase_hash', 'rates_hash', 'shared_hash', 'definitions',
] -%}
with sources as (
    select * from {{ ref('int_changes__sources') }}
),

built as (
    {{ accounts_as_built() }}
),

-- Whoever is new, gone, or isn't what the tables by account were built from.
changed as (
    select
        coalesce(sources.billing_entity, built.billing_entity) as billing_entity,
        sources.top_account_id,
        built.top_account_id as built_top_account_id
    from sources
    full outer join built
        on sources.billing_entity = built.billing_entity
        and sources.account_id = built.account_id
    where sources.account_id is null
        or built.account_id is null
        {%- for column in compared %}
        or sources.{{ column }} <> built.{{ column }}
        {%- endfor %}
),

changed_groups as (
    select billing_entity, top_account_id from changed
    union distinct
    select billing_entity, built_top_account_id as top_account_id from changed
),

members as (
    select billing_entity, account_id, top_account_id from sources
    union distinct
    select billing_entity, account_id, top_account_id from built
),

-- A policy may count a group of accounts as one, so all of a group are rebuilt with any of them.
final as (
    select distinct members.billing_entity, members.account_id
    from members
    inner join changed_groups
        on members.billing_entity = changed_groups.billing_entity
        and members.top_account_id = changed_groups.top_account_id
)

select * from final
