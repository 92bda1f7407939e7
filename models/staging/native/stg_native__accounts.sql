{{ stage_native('accounts') }}
