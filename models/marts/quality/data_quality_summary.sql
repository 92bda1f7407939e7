select
    source_system,
    table_name,
    loaded_on,
    reason,
    reason = 'accepted' as is_accepted,
    row_count
from {{ ref('contract_arrivals') }}
