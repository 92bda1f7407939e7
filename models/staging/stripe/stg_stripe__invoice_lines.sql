{{ config(enabled='stripe' in systems_in_use('invoice_lines')) }}

{% for name, table in {
    'invoice_lines': 'invoice_line_item', 'credit_note_lines': 'credit_note_line_item', 'prices': 'price', 'plans': 'plan',
    'invoices': 'invoice', 'credit_notes': 'credit_note', 'refunds': 'refund', 'charges': 'charge',
}.items() -%}
{{ 'with ' if loop.first }}{{ name }} as (
    {{ source_table('stripe', table) }}
),

{% endfor -%}
price_list as (
    {{ stripe_price_list() }}
),

documents as (
    {{ stripe_documents() }}
),

lines as (
    {{ stripe_document_lines() }}
),

-- Discounts and tax are given for the whole document. What an invoice's lines come to, less what it asks for without
-- tax, is the discount; with prices that include the tax, discount and tax.
totals as (
    select
        documents.document_id,
        documents.tax,
        case
            when documents.kind = 'invoice'
                then greatest(sum(lines.amount), documents.subtotal) - documents.total + documents.tax
            else 0
        end as reduction,
        max(case when lines.is_tax_included then documents.tax else 0 end) as included_tax,
        sum(lines.amount) as amount,
        sum(lines.discountable_amount) as discountable_amount
    from documents
    inner join lines
        on documents.document_id = lines.document_id
    group by documents.document_id, documents.kind, documents.tax, documents.total, documents.subtotal
),

weighted as (
    select
        lines.line_id,
        lines.document_id,
        totals.tax,
        totals.included_tax,
        totals.reduction - totals.included_tax as discount,
        lines.amount as tax_weight,
        totals.amount as tax_weights,
        case
            when totals.discountable_amount > 0 then lines.discountable_amount
            else lines.amount
        end as discount_weight,
        case
            when totals.discountable_amount > 0 then totals.discountable_amount
            else totals.amount
        end as discount_weights
    from lines
    inner join totals
        on lines.document_id = totals.document_id
    where totals.tax <> 0
        or totals.reduction > 0
),

-- They are shared out along the lines in whole minor units, so that the shares add up.
shares as (
    select
        document_id,
        line_id,
        {{ stripe_running_share('discount', 'discount_weight', 'discount_weights') }} as discount,
        {{ stripe_running_share('tax', 'tax_weight', 'tax_weights') }} as tax,
        {{ stripe_running_share('included_tax', 'tax_weight', 'tax_weights') }} as included_tax
    from weighted
)

select
    {{ as_text_literal(var("stripe_billing_entity")) }} as billing_entity,
    lines.line_id as invoice_line_id,
    lines.document_id as invoice_id,
    documents.customer_id as account_id,
    coalesce(lines.subscription_id, documents.subscription_id) as subscription_id,
    lines.item_id,
    price_list.product_id,
    case
        when lines.kind <> 'invoice' then lines.kind
        when price_list.is_metered then 'usage'
        when coalesce(price_list.interval_unit <> 'once', lines.item_id is not null or lines.line_type = 'subscription')
            then 'subscription'
        when lines.amount < 0 then 'credit_adjustment'
        else 'one_off_add_on'
    end as charge_type,
    lines.description,
    lines.quantity,
    {{ stripe_amount(
        'lines.amount - coalesce(shares.discount + shares.included_tax, 0)', 'units.unit_value'
    ) }} as amount,
    {{ stripe_amount('lines.discount_amount + coalesce(shares.discount, 0)', 'units.unit_value') }} as discount_amount,
    {{ stripe_amount('coalesce(shares.tax, 0)', 'units.unit_value') }} as tax_amount,
    lines.currency,
    case when lines.period_start < lines.period_end then lines.period_start end as service_start,
    case when lines.period_start < lines.period_end then lines.period_end end as service_end,
    lines.is_proration,
    lines.kind <> 'invoice' as is_credit,
    'stripe' as source_system,
    documents.created as loaded_at,
    lines.unreadable_column,
    lines.unreadable_value,
    cast(null as {{ type_of('text') }}) as emptied
from lines
left join documents
    on lines.document_id = documents.document_id
left join price_list
    on lines.plan_id = price_list.price_id
left join shares
    on lines.document_id = shares.document_id
    and lines.line_id = shares.line_id
left join {{ ref('stripe_currency_units') }} as units
    on lines.currency = units.currency
