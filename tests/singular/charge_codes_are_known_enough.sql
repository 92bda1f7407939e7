-- Fails when unknown charge codes have a larger share of a table's amount than the variable unclassified_tolerance allows:
-- what is billed, or what items come to in a month, in the reporting currency. line_to_add goes into the seed charge_code_rules.
select table_name, charge_code, row_count, share_of_amount, line_to_add
from {{ ref('int_revenue__unknown_codes') }}
where share_of_all > {{ var('unclassified_tolerance') }}
