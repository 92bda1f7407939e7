{{ accepted_rows('usage_events') }}
