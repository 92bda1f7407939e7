{{ accepted_rows('discounts') }}
