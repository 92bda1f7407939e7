with arrivals as (
    {%- for table in contract_tables() %}
    {{ arrivals_of(table) }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    source_system,
    table_name,
    loaded_on,
    reason,
    row_count,
    last_loaded_at,
    last_business_date
from arrivals
