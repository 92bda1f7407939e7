select
    source_system,
    table_name,
    reason,
    is_accepted,
    cast(sum(row_count) as {{ type_of('integer') }}) as row_count
from {{ ref('data_quality_summary', v=2) }}
group by source_system, table_name, reason, is_accepted
