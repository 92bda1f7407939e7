-- Every row that staging knows on the as-of date is either accepted or rejected, per table of the contract.
with counted as (
    {%- for table in contract_tables() %}
    {%- for system in systems_in_use(table) %}
    select '{{ table }}' as table_name, count(*) as rows_in, 0 as accepted, 0 as rejected
    from {{ ref('stg_' ~ system ~ '__' ~ table) }}
    where {{ is_known() }}
    union all
    {%- endfor %}
    select '{{ table }}' as table_name, 0 as rows_in, count(*) as accepted, 0 as rejected
    from {{ ref('contract_' ~ table) }}
    union all
    {%- endfor %}
    select table_name, 0 as rows_in, 0 as accepted, count(*) as rejected
    from {{ ref('rejected_rows') }}
    group by table_name
)

select
    table_name,
    sum(rows_in) as rows_in,
    sum(accepted) as accepted,
    sum(rejected) as rejected
from counted
group by table_name
having sum(rows_in) <> sum(accepted) + sum(rejected)
