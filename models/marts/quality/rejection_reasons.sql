-- The example is the same in every build of the same rows; one that has a value goes before one that has none.
with ranked as (
    select
        rejected.*,
        count(*) over (partition by source_system, table_name, reason) as row_count,
        row_number() over (
            partition by source_system, table_name, reason
            order by
                case when rejected_value is null then 1 else 0 end,
                {{ by_bytes('row_key') }},
                {{ by_bytes("coalesce(rejected_value, '')") }},
                {{ by_bytes("coalesce(billing_entity, '')") }}
        ) as place
    from {{ ref('contract_rejected_rows') }} as rejected
),

examples as (
    select * from ranked
    where place = 1
),

final as (
    select
        examples.source_system,
        examples.table_name,
        examples.reason,
        cast(examples.row_count as {{ type_of('integer') }}) as row_count,
        examples.billing_entity as example_billing_entity,
        examples.row_key as example_key,
        examples.rejected_value as example_value,
        coalesce(
            {{ expected_form('examples.reason', 'examples.rejected_value', 'contract_columns') }},
            'see the description of ' || examples.table_name || ' in the input contract'
        ) as expected
    from examples
    left join {{ ref('contract_columns') }} as contract_columns
        on examples.table_name = contract_columns.table_name
        and examples.reason in (
            'unreadable ' || contract_columns.column_name,
            'invalid ' || contract_columns.column_name,
            'missing ' || contract_columns.column_name,
            'unknown ' || contract_columns.column_name
        )
)

select * from final
