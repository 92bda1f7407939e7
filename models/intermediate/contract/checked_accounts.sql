with {{ identified_rows('accounts') }}

select
    {{ checked_columns('accounts', 'identified') }}
    case
        {{ common_reasons('accounts', 'identified') }}
    end as rejection_reason
from identified
