select
    billing_entity,
    invoice_id,
    account_id,
    month,
    currency,
    cast(invoiced_amount as {{ type_of('billed') }}) as invoiced_amount,
    cast(net_amount as {{ type_of('billed') }}) as net_amount,
    cast(tax_amount as {{ type_of('billed') }}) as tax_amount,
    cast(difference as {{ type_of('billed') }}) as difference,
    tie_out
from {{ ref('int_revenue__invoice_totals') }}
