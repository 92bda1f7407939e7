{{ config(severity='warn') }}
-- Charge codes that no rule knows, and products' classes that are none, with their share of the table's amount. Rows
-- with them are kept, and in no recurring figure. line_to_add goes into the seed charge_code_rules.
select table_name, charge_code, row_count, share_of_amount, line_to_add
from {{ ref('int_revenue__unknown_codes') }}
