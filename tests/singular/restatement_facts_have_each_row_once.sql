{{ config(group="close") }}

-- What a restatement's reason is found by has each accepted row once: a row is of one account, and of its own billing entity.
with counted as (
    {%- for table in tables_with_facts() %}
    select count(*) as accepted_rows, 0 as rows_of_facts
    from {{ ref('contract_' ~ table) }}
    union all
    {%- endfor %}
    select 0 as accepted_rows, coalesce(sum(source_rows), 0) as rows_of_facts
    from {{ ref('int_restatements__facts') }}
    where source_rows > 0 -- the rows themselves, not what they learn later
),

final as (
    select sum(accepted_rows) as accepted_rows, sum(rows_of_facts) as rows_of_facts
    from counted
)

select *
from final
where accepted_rows <> rows_of_facts
