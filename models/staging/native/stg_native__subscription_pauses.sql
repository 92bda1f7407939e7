{{ stage_native('subscription_pauses') }}
