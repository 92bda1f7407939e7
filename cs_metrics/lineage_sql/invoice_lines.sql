-- Of the window by their days of service, or by the invoice's day where they have none.
found as (
    select lines.*
    from metrics.fct_revenue_lines as lines
    inner join own
        on lines.billing_entity = own.billing_entity
        and lines.account_id = own.own_account_id
    where case when lines.service_end > lines.service_start then lines.service_start else lines.issued_at end < own.closes
        and case when lines.service_end > lines.service_start then lines.service_end > own.opens else lines.issued_at >= own.opens end
)
select
    billing_entity, invoice_line_id, invoice_id, charge_type, revenue_class, is_recurring, amount, currency, issued_at,
    service_start, service_end, source_system, loaded_at
from found
order by issued_at, invoice_line_id
