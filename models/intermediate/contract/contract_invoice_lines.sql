{{ accepted_rows('invoice_lines', ['issued_at', 'is_billed', 'is_test_account']) }}
