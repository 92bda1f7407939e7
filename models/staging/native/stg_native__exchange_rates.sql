{{ stage_native('exchange_rates') }}
