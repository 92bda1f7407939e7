with totals as (
    select
        billing_entity,
        invoice_id,
        account_id,
        currency,
        coalesce(invoiced_amount, net_amount + tax_amount) as amount
    from {{ ref('int_revenue__invoice_totals') }}
),

invoices as (
    select * from {{ ref('contract_invoices') }}
    where issued_at >= {{ instant_after('month', -12, as_of_cutoff()) }}
),

rates as (
    select * from {{ ref('contract_month_rates') }}
    where month = {{ as_of_month() }}
),

-- What is paid later isn't paid yet; an invoice without a due date is due when it's issued.
valued as (
    select
        totals.billing_entity,
        totals.account_id,
        {{ in_reporting_currency('totals.amount', 'rates.rate', 'billed') }} as amount,
        coalesce(invoices.due_at, invoices.issued_at) < {{ as_of_cutoff() }}
        and (invoices.status <> 'paid' or coalesce(invoices.paid_at >= {{ as_of_cutoff() }}, false)) as is_overdue
    from totals
    inner join invoices
        on totals.billing_entity = invoices.billing_entity
        and totals.invoice_id = invoices.invoice_id
    inner join rates on totals.currency = rates.currency
),

final as (
    select
        billing_entity,
        account_id,
        sum(amount) as billed_amount,
        sum(case when is_overdue then amount else 0 end) as overdue_amount
    from valued
    group by billing_entity, account_id
)

select * from final
