with counted as (
    select
        source_system,
        table_name,
        reason,
        sum(row_count) as row_count
    from {{ ref('contract_arrivals') }}
    group by source_system, table_name, reason
),

of_tables as (
    select
        counted.*,
        sum(row_count) over (partition by source_system, table_name) as table_rows
    from counted
),

-- Without any accepted row of a required table there is no figure at all, however few rows those are, and if there are none.
accepted_tables as (
    select distinct table_name from counted
    where reason = 'accepted'
),

missed_tables as (
    select fresh.table_name, sum(fresh.row_count) as row_count
    from {{ ref('source_freshness') }} as fresh
    left join accepted_tables
        on fresh.table_name = accepted_tables.table_name
    where fresh.table_name in ({{ required_tables() }})
        and accepted_tables.table_name is null
    group by fresh.table_name
),

-- A freshness has no reason, nor has what rejected items cost.
measures as (
    select
        'rejected_share' as measure,
        source_system,
        table_name,
        reason,
        row_count,
        cast({{ safe_ratio('row_count', 'table_rows') }} as {{ type_of('value') }}) as value
    from of_tables
    where reason <> 'accepted'
    {%- for measure in ['days_since_arrival', 'days_since_business_date'] %}
    union all
    select
        '{{ measure }}' as measure,
        source_system,
        table_name,
        '' as reason,
        row_count,
        cast({{ measure }} as {{ type_of('value') }}) as value
    from {{ ref('source_freshness') }}
    {%- endfor %}
    union all
    select
        measure, source_system, 'subscription_items' as table_name, '' as reason,
        lost_accounts as row_count, share as value
    from {{ ref('contract_rejection_costs') }}
),

-- Of several thresholds that fit, the one that says most: of the table, then the reason, then the system.
placed as (
    select
        measures.*,
        thresholds.at_least_rows,
        thresholds.warn_above,
        thresholds.fail_above,
        row_number() over (
            partition by measures.measure, measures.source_system, measures.table_name, measures.reason
            order by
                case when thresholds.table_name = '*' then 1 else 0 end,
                case when thresholds.reason = '*' then 1 else 0 end,
                case when thresholds.source_system = '*' then 1 else 0 end
        ) as place
    from measures
    inner join {{ ref('data_quality_thresholds') }} as thresholds
        on measures.measure = thresholds.measure
        and thresholds.table_name in (measures.table_name, '*')
        and thresholds.reason in (measures.reason, '*')
        and thresholds.source_system in (measures.source_system, '*')
),

judged as (
    select
        placed.*,
        case
            when value > fail_above then 'fail'
            when value > warn_above then 'warn'
        end as level
    from placed
    where place = 1
        and row_count >= at_least_rows
)

select
    level,
    measure,
    source_system,
    table_name,
    reason,
    cast(row_count as {{ type_of('integer') }}) as row_count,
    value,
    warn_above,
    fail_above
from judged
where level is not null
union all
select
    'fail' as level,
    case when row_count > 0 then 'rejected_table' else 'empty_table' end as measure,
    '*' as source_system,
    table_name,
    '' as reason,
    cast(row_count as {{ type_of('integer') }}) as row_count,
    cast(1 as {{ type_of('value') }}) as value,
    cast(null as {{ type_of('value') }}) as warn_above,
    cast(null as {{ type_of('value') }}) as fail_above
from missed_tables
