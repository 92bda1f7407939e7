{{ stage_native('csm_assignments') }}
