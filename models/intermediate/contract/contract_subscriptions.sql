{{ accepted_rows('subscriptions', found=['service_ended_at', 'trial_from', 'trial_to']) }}
