{{ stage_native('discounts') }}
