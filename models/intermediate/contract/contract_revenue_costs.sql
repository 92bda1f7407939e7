{{ accepted_rows('revenue_costs') }}
