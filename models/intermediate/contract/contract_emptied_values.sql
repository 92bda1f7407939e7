{{ config(materialized='view') }}

{%- set queries = [] -%}
{%- for table in contract_tables() -%}
    {%- do queries.append(emptied_rows_of(table) | trim) -%}
{%- endfor %}

with emptied as (
    {{ queries | select | join('\n    union all\n    ') or 'select 1 as parsed' }}
),

-- One of the rows is shown as an example, the same one in every build.
placed as (
    select
        emptied.*,
        count(*) over (partition by source_system, table_name, column_name, reason) as row_count,
        row_number() over (
            partition by source_system, table_name, column_name, reason order by {{ by_bytes('row_key') }}, {{ by_bytes('value') }}
        ) as place
    from emptied
)

select
    source_system,
    table_name,
    column_name,
    reason,
    cast(row_count as {{ type_of('integer') }}) as row_count,
    row_key as example_key,
    value as example_value
from placed
where place = 1
