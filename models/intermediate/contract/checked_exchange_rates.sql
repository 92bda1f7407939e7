with {{ identified_rows('exchange_rates') }}

select
    {{ checked_columns('exchange_rates', 'identified') }}
    case
        {{ common_reasons('exchange_rates', 'identified') }}
        when identified.rate <= 0 then 'invalid rate'
    end as rejection_reason
from identified
