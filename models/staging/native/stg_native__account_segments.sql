{{ stage_native('account_segments') }}
