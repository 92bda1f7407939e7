{{ stage_native('support_tickets') }}
