-- Read only when a month is reported for the first time, or a figure is another one than it was: every row is hashed.
{{ config(materialized="view") }}

with item_subscriptions as (
    {{ item_subscriptions() | indent(4) }}
),

final as (
    {%- for table in tables_with_facts() %}
    {{ source_facts(table) }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
)

select * from final
