-- The lines are stored once, where they're checked.
{{ config(materialized=mart_view()) }}

select
    billing_entity,
    invoice_line_id,
    invoice_id,
    account_id,
    subscription_id,
    item_id,
    product_id,
    charge_type,
    revenue_class,
    is_recurring,
    reason,
    quantity,
    amount,
    discount_amount,
    tax_amount,
    currency,
    issued_at,
    service_start,
    service_end,
    is_test_account,
    source_system,
    loaded_at
from {{ ref('int_revenue__lines') }}
