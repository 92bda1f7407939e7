{{ config(severity='warn') }}
-- Currencies in which the current month is valued at their last rate, although that one is older than the month needs it.
{{ rate_gaps('is_tolerated') }}
