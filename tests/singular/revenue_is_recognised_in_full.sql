-- The months of a line whose service is over add up to the line.
with recognised as (
    select billing_entity, invoice_line_id, sum(amount) as amount
    from {{ ref('int_revenue__recognised') }}
    group by billing_entity, invoice_line_id
)

select lines.billing_entity, lines.invoice_line_id, lines.amount, recognised.amount as recognised
from {{ ref('int_revenue__lines') }} as lines
left join recognised
    on lines.billing_entity = recognised.billing_entity and lines.invoice_line_id = recognised.invoice_line_id
where not lines.is_test_account
    and (lines.service_end is null or lines.service_end < {{ as_of_cutoff() }})
    and lines.amount <> coalesce(recognised.amount, 0)
