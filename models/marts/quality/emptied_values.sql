select
    source_system,
    table_name,
    column_name,
    reason,
    row_count,
    example_key,
    example_value
from {{ ref('contract_emptied_values') }}
