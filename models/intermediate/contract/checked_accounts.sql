with {{ identified_rows('accounts') }}

select
    {{ checked_columns('accounts', 'identified') }}
    case
        {{ common_reasons('accounts', 'identified') }}
        when identified.employee_count < 0 or identified.employee_count > {{ largest_amount() }}
            then 'invalid employee_count'
    end as rejection_reason
from identified
