-- Two rows of charge_code_rules that differ in spelling only would count every row of that code twice.
select {{ word_of('charge_type') }} as charge_code, count(*) as occurrences
from {{ ref('charge_code_rules') }}
group by {{ word_of('charge_type') }}
having count(*) > 1
