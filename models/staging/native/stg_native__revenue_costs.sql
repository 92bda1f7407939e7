{{ stage_native('revenue_costs') }}
