{{ stage_native('usage_events') }}
