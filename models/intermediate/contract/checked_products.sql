with {{ identified_rows('products') }}

select
    {{ checked_columns('products', 'identified') }}
    case
        {{ common_reasons('products', 'identified') }}
    end as rejection_reason
from identified
