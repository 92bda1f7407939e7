{{ stage_native('subscription_items') }}
