-- Every accepted line of a billed invoice is in the ledger once, with its amounts.
with lines as (
    select lines.billing_entity, lines.invoice_line_id, lines.amount, coalesce(lines.tax_amount, 0) as tax_amount
    from {{ ref('contract_invoice_lines') }} as lines
    inner join {{ ref('contract_invoices') }} as invoices
        on lines.billing_entity = invoices.billing_entity and lines.invoice_id = invoices.invoice_id
    where invoices.status not in ('draft', 'void') and invoices.issued_at < {{ as_of_cutoff() }}
),

ledger as (
    select billing_entity, invoice_line_id, sum(amount) as amount, sum(tax_amount) as tax_amount, count(*) as copies
    from {{ ref('fct_revenue_lines') }}
    group by billing_entity, invoice_line_id
)

select coalesce(lines.invoice_line_id, ledger.invoice_line_id) as invoice_line_id
from lines
full outer join ledger
    on lines.billing_entity = ledger.billing_entity and lines.invoice_line_id = ledger.invoice_line_id
where lines.invoice_line_id is null
    or ledger.invoice_line_id is null
    or ledger.copies <> 1
    or lines.amount <> ledger.amount
    or lines.tax_amount <> ledger.tax_amount
