{{ config(enabled='stripe' in systems_in_use('products')) }}

with products as (
    {{ source_table('stripe', 'product') }}
)

select
    {{ as_text_literal(var("stripe_billing_entity")) }} as billing_entity,
    id as product_id,
    name as product_name,
    {{ null_columns('products', ['product_family', 'charge_class']) }}
    'stripe' as source_system,
    created as loaded_at,
    unreadable_column,
    unreadable_value,
    cast(null as {{ type_of('text') }}) as emptied
from products
