{{ stage_native('products') }}
