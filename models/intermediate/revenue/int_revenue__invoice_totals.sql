{{ config(materialized="view") }}

with invoices as (
    select * from {{ ref('contract_invoices') }}
    where status not in ('draft', 'void')
        and issued_at < {{ as_of_cutoff() }}
),

lines as (
    select
        billing_entity,
        invoice_id,
        count(*) as line_count,
        sum(amount) as net_amount,
        sum(coalesce(tax_amount, 0)) as tax_amount
    from {{ ref('contract_invoice_lines') }}
    group by billing_entity, invoice_id
),

final as (
    select
        invoices.billing_entity,
        invoices.invoice_id,
        invoices.account_id,
        {{ month_of('invoices.issued_at') }} as month,
        invoices.currency,
        invoices.total_amount as invoiced_amount,
        coalesce(lines.net_amount, 0) as net_amount,
        coalesce(lines.tax_amount, 0) as tax_amount,
        invoices.total_amount - coalesce(lines.net_amount, 0) - coalesce(lines.tax_amount, 0) as difference,
        case
            when invoices.total_amount is null then 'no total at the source'
            when lines.invoice_id is null and invoices.total_amount <> 0 then 'no accepted line'
            when invoices.total_amount <> coalesce(lines.net_amount, 0) + coalesce(lines.tax_amount, 0) then 'different'
            else 'tied'
        end as tie_out
    from invoices
    left join lines
        on invoices.billing_entity = lines.billing_entity
        and invoices.invoice_id = lines.invoice_id
)

select * from final
