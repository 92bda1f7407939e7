-- Read only when a month is reported for the first time, or a figure is another one than it was: every row is hashed.
{{ config(materialized="view") }}

with item_subscriptions as (
    select distinct billing_entity, item_id, subscription_id
    from {{ ref('contract_subscription_items') }}
),

final as (
    {%- for table in tables_with_facts() %}
    {{ source_facts(table) }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
)

select * from final
