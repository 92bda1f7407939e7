with {{ identified_rows('revenue_costs') }}

select
    {{ checked_columns('revenue_costs', 'identified') }}
    case
        {{ common_reasons('revenue_costs', 'identified') }}
        when abs(identified.amount) > {{ largest_amount() }} then 'invalid amount'
        {{ currency_reasons() }}
    end as rejection_reason
from identified
{{ rate_joins('identified.currency', 'identified.cost_date', 'identified.cost_date') }}
