{{ config(enabled='stripe' in systems_in_use('invoices')) }}

with invoices as (
    {{ source_table('stripe', 'invoice') }}
),

credit_notes as (
    {{ source_table('stripe', 'credit_note') }}
),

refunds as (
    {{ source_table('stripe', 'refund') }}
),

charges as (
    {{ source_table('stripe', 'charge') }}
),

documents as (
    {{ stripe_documents() }}
)

select
    {{ as_text_literal(var("stripe_billing_entity")) }} as billing_entity,
    documents.document_id as invoice_id,
    documents.customer_id as account_id,
    documents.status,
    documents.issued_at,
    documents.due_at,
    documents.paid_at,
    documents.currency,
    {{ stripe_amount('documents.total', 'units.unit_value') }} as total_amount,
    'stripe' as source_system,
    documents.created as loaded_at,
    documents.unreadable_column,
    documents.unreadable_value,
    cast(null as {{ type_of('text') }}) as emptied
from documents
left join {{ ref('stripe_currency_units') }} as units
    on documents.currency = units.currency
