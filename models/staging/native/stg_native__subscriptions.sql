{{ stage_native('subscriptions') }}
