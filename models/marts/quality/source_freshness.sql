with counted as (
    select
        source_system,
        table_name,
        row_count,
        0 as rows_not_yet_known,
        last_loaded_at,
        last_business_date
    from {{ ref('contract_arrivals') }}
    union all
    select
        source_system,
        table_name,
        0 as row_count,
        row_count as rows_not_yet_known,
        cast(null as timestamp) as last_loaded_at,
        cast(null as date) as last_business_date
    from {{ ref('contract_later_rows') }}
),

arrivals as (
    select
        source_system,
        table_name,
        sum(row_count) as row_count,
        sum(rows_not_yet_known) as rows_not_yet_known,
        max(last_loaded_at) as last_loaded_at,
        max(last_business_date) as last_business_date
    from counted
    group by source_system, table_name
),

-- A table that nothing has arrived in is the least fresh of all.
empty_tables as (
    select in_use.source_system, in_use.table_name
    from ({{ tables_in_use() }}) as in_use
    left join arrivals
        on in_use.table_name = arrivals.table_name
    where arrivals.table_name is null
),

sources as (
    select source_system, table_name, row_count, rows_not_yet_known, last_loaded_at, last_business_date from arrivals
    union all
    select
        source_system,
        table_name,
        0 as row_count,
        0 as rows_not_yet_known,
        cast(null as timestamp) as last_loaded_at,
        cast(null as date) as last_business_date
    from empty_tables
),

dated as (
    select
        sources.*,
        cast(last_loaded_at as date) as last_loaded_on,
        cast('{{ as_of_date() }}' as date) as as_of_date
    from sources
)

select
    source_system,
    table_name,
    as_of_date,
    cast(row_count as {{ type_of('integer') }}) as row_count,
    cast(rows_not_yet_known as {{ type_of('integer') }}) as rows_not_yet_known,
    last_loaded_at,
    cast({{ days_between('last_loaded_on', 'as_of_date') }} as {{ type_of('integer') }}) as days_since_arrival,
    last_business_date,
    cast({{ days_between('last_business_date', 'as_of_date') }} as {{ type_of('integer') }}) as days_since_business_date
from dated
