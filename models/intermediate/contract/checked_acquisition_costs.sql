with {{ identified_rows('acquisition_costs') }}

select
    {{ checked_columns('acquisition_costs', 'identified') }}
    case
        {{ common_reasons('acquisition_costs', 'identified') }}
        {{ word_reason('acquisition_costs', 'identified') }}
        when abs(identified.amount) > {{ largest_amount() }} then 'invalid amount'
        {{ currency_reasons() }}
    end as rejection_reason
from identified
{{ rate_joins('identified.currency', 'identified.cost_date', 'identified.cost_date') }}
