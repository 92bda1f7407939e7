with accepted as (
    {%- for table in contract_tables() %}
    select source_system, '{{ table }}' as table_name, count(*) as row_count
    from {{ ref('contract_' ~ table) }}
    group by source_system
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

rejected as (
    select source_system, table_name, reason, count(*) as row_count
    from {{ ref('rejected_rows') }}
    group by source_system, table_name, reason
)

select
    source_system,
    table_name,
    'accepted' as reason,
    true as is_accepted,
    row_count
from accepted
union all
select
    source_system,
    table_name,
    reason,
    false as is_accepted,
    row_count
from rejected
