{{ stage_native('invoice_lines') }}
