with invoices as (
    select * from {{ ref('invoice_tie_out') }}
),

final as (
    select
        billing_entity,
        month,
        currency,
        count(*) as invoices,
        cast(sum(case when tie_out = 'tied' then 0 else 1 end) as {{ type_of('integer') }}) as untied_invoices,
        cast(sum(invoiced_amount) as {{ type_of('billed') }}) as invoiced_amount,
        cast(sum(net_amount) as {{ type_of('billed') }}) as net_amount,
        cast(sum(tax_amount) as {{ type_of('billed') }}) as tax_amount,
        cast(sum(difference) as {{ type_of('billed') }}) as difference
    from invoices
    group by billing_entity, month, currency
)

select * from final
