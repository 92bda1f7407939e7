{{ accepted_rows('subscription_pauses') }}
