{{ config(severity='warn') }}
-- Charge codes that no rule knows, and products' classes that are none. What has them is kept, and in no recurring
-- figure: add the codes to the seed charge_code_rules, or mend charge_class of their products.
with unclassified_lines as (
    select 'invoice_lines' as table_name, charge_type, reason
    from {{ ref('fct_revenue_lines') }}
    where revenue_class = 'unclassified'
),

unclassified_items as (
    select
        'subscription_items' as table_name,
        items.charge_type,
        coalesce(products.charge_class, 'No rule knows the charge code ' || items.charge_type) as reason
    from {{ ref('contract_subscription_items') }} as items
    left join {{ ref('contract_products') }} as products
        on items.billing_entity = products.billing_entity
        and items.product_id = products.product_id
    left join {{ ref('charge_code_rules') }} as rules
        on items.charge_type = rules.charge_type
    left join {{ ref('revenue_classes') }} as classes
        on coalesce(products.charge_class, rules.revenue_class) = classes.revenue_class
    where classes.revenue_class is null
),

unclassified as (
    select * from unclassified_lines
    union all
    select * from unclassified_items
)

select table_name, charge_type, reason, count(*) as occurrences
from unclassified
group by table_name, charge_type, reason
