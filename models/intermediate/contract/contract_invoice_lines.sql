{{ accepted_rows('invoice_lines') }}
