{{ stage_native('csms') }}
