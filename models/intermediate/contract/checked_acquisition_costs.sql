with {{ identified_rows('acquisition_costs') }},

known_currencies as (
    {{ known_currencies() }}
)

select
    {{ checked_columns('acquisition_costs', 'identified') }}
    case
        {{ common_reasons('acquisition_costs', 'identified') }}
        {{ word_reason('acquisition_costs', 'identified') }}
        when abs(identified.amount) > {{ largest_amount() }} then 'invalid amount'
        when known_currencies.currency is null then 'unknown currency'
    end as rejection_reason
from identified
left join known_currencies on identified.currency = known_currencies.currency
