{{ accepted_rows('invoices') }}
