with products as (
    select * from {{ ref('contract_products') }}
),

classes as (
    select * from {{ ref('revenue_classes') }}
),

final as (
    select
        products.billing_entity,
        products.product_id,
        coalesce(products.product_name, products.product_id) as product_name,
        products.product_family,
        products.charge_class,
        classes.is_recurring,
        products.source_system
    from products
    left join classes on products.charge_class = classes.revenue_class
)

select * from final
