-- A month that needs an exchange rate and has none can't be valued, so nothing is: no row is left out, no rate made up.
-- Each row is a gap between two rates of a currency, with what is in it.
{{ rate_gaps('not is_tolerated') }}
