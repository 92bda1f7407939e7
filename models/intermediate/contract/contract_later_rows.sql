{#- Rows that are staged and not yet known: the other side of the WHERE in identified_rows. -#}
with staged as (
    {%- for table in contract_tables() %}
    {%- for system in systems_in_use(table) %}
    select source_system, '{{ table }}' as table_name
    from {{ ref('stg_' ~ system ~ '__' ~ table) }}
    where not {{ is_known() }}
    union all
    {%- endfor %}
    {%- endfor %}
    select cast(null as {{ type_of('text') }}) as source_system, cast(null as {{ type_of('text') }}) as table_name
    from (select 1 as one) as nothing
    where false
)

select
    source_system,
    table_name,
    count(*) as row_count
from staged
group by source_system, table_name
