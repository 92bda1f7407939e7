select
    source_system,
    billing_entity,
    table_name,
    row_key,
    copy_number,
    reason,
    row_json
from {{ ref('contract_rejected_rows') }}
