{{ config(severity='warn') }}
-- Charge codes that no rule knows, and products' classes that are none, with their share of the table's amount. What has
-- them is kept, and in no recurring figure. line_to_add goes into the seed charge_code_rules.
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
from {{ ref('int_revenue__unknown_codes') }}
