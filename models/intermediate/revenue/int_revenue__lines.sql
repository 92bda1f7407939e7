{{ config(materialized="view") }}

with lines as (
    select * from {{ ref('contract_invoice_lines') }}
    where invoice_status not in ('draft', 'void')
        and issued_at < {{ as_of_cutoff() }}
),

products as (
    select billing_entity, product_id, charge_class from {{ ref('contract_products') }}
),

rules as (
    {{ charge_rules_of('contract_invoice_lines') }}
),

classes as (
    select * from {{ ref('revenue_classes') }}
),

-- One class for every line, and why. The first that applies: a credit, what the vendor says of the product, the
-- rule for the charge code; a proration of something recurring adjusts revenue and is no price of its own.
matched as (
    select
        lines.*,
        products.product_id as known_product_id,
        rules.reason as rule_reason,
        products.charge_class,
        coalesce(classes.revenue_class, 'unclassified') as base_class,
        coalesce(classes.is_recurring, false) as is_recurring_charge
    from lines
    left join products
        on lines.billing_entity = products.billing_entity
        and lines.product_id = products.product_id
    left join rules
        on lines.charge_type = rules.charge_type
    left join classes
        on coalesce(products.charge_class, rules.revenue_class) = classes.revenue_class
),

final as (
    select
        billing_entity,
        invoice_line_id,
        invoice_id,
        account_id,
        subscription_id,
        item_id,
        known_product_id as product_id,
        charge_type,
        quantity,
        amount,
        coalesce(discount_amount, 0) as discount_amount,
        coalesce(tax_amount, 0) as tax_amount,
        currency,
        issued_at,
        service_start,
        service_end,
        is_test_account,
        case
            when coalesce(is_credit, false) then 'credit_note'
            when is_recurring_charge and coalesce(is_proration, false) then 'recurring_adjustment'
            else base_class
        end as revenue_class,
        is_recurring_charge and not coalesce(is_credit, false) as is_recurring,
        case
            when coalesce(is_credit, false) then 'The line is a credit note or refund'
            when is_recurring_charge and coalesce(is_proration, false) then 'A part of a period of a recurring charge'
            when charge_class is not null and base_class = 'unclassified'
                then 'No revenue class is called ' || charge_class
            when charge_class is not null then 'The product says so'
            else coalesce(rule_reason, 'No rule knows the charge code ' || charge_type)
        end as reason,
        source_system,
        loaded_at
    from matched
)

select * from final
