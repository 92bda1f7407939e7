{{ accepted_rows('invoice_lines', ['invoice_status', 'issued_at', 'is_test_account']) }}
