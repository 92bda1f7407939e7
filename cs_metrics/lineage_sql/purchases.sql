-- Who bought earlier may lapse now, so all that the account has bought so far.
found as (
    select lines.*
    from metrics.fct_revenue_lines as lines
    inner join own
        on lines.billing_entity = own.billing_entity
        and lines.account_id = own.own_account_id
    inner join metrics_seeds.revenue_classes as classes
        on lines.revenue_class = classes.revenue_class
        and classes.is_purchase
    where lines.amount >= 0
        and lines.issued_at < own.closes
)
select
    billing_entity, invoice_line_id, invoice_id, charge_type, revenue_class, amount, currency, issued_at, source_system,
    loaded_at
from found
order by issued_at desc, invoice_line_id
