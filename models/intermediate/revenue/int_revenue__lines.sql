{{ config(materialized="view") }}

with classed as (
    {{ with_revenue_class('contract_invoice_lines') }}
),

-- One class for every line, and why. The first that applies: a credit, what the vendor says of the product, the
-- rule for the charge code; a proration of something recurring adjusts revenue and is no price of its own.
matched as (
    select
        *,
        coalesce(revenue_class, 'unclassified') as base_class,
        coalesce(is_recurring, false) as is_recurring_charge
    from classed
    where invoice_status not in ('draft', 'void')
        and issued_at < {{ as_of_cutoff() }}
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
