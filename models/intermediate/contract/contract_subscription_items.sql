{{ accepted_rows('subscription_items') }}
