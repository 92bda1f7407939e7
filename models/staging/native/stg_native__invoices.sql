{{ stage_native('invoices') }}
