{{ stage_native('users') }}
