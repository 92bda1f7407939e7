-- Fails when unknown charge codes have a larger share of a table's amount than the variable unclassified_tolerance allows:
-- what is billed, or what items come to in a month, in the reporting currency. line_to_add goes into the seed charge_code_rules.
with unknown as (
    select
        codes.*,
        sum(share_of_amount) over (partition by table_name) as share_of_all
    from {{ ref('int_revenue__unknown_codes') }} as codes
)

select
    table_name,
    charge_code,
    row_count,
    share_of_amount,
    case
        when charge_class is not null
            then 'No revenue class is called ' || charge_class || ': mend charge_class of the products'
        else charge_code || ',<revenue class>,<reason>'
    end as line_to_add
from unknown
where share_of_all > {{ var('unclassified_tolerance') }}
