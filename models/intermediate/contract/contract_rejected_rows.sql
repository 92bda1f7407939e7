{{ config(materialized='view') }}

with rejected as (
    {%- for table in contract_tables() %}
    {{ rejected_of(table) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

-- Rows may have the same key (one may be why they're rejected), so they are numbered.
select
    source_system,
    billing_entity,
    table_name,
    row_key,
    row_number() over (
        partition by source_system, billing_entity, table_name, row_key order by {{ by_bytes('reason') }}, {{ by_bytes('row_json') }}
    ) as copy_number,
    reason,
    rejected_value,
    {{ json_without_controls('row_json') }} as row_json
from rejected
