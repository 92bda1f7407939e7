{{ accepted_rows('account_segments') }}
