{{ accepted_rows('exchange_rates') }}
