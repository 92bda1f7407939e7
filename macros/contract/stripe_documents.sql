{#- What several of Stripe's staging models do alike. The CTEs that a macro reads are named after the source's tables. -#}

{#-
    Of invoices, credit_notes, refunds and charges: one row a document that bills or gives back, amounts in the minor
    unit, negative where it gives back; total - tax is what it asks for without tax.

    A refund that pays out a credit note is in the credit note, so that nothing is given back twice. The refund of a
    payment that no invoice asked for has no document_id: what it gives back was never billed.
-#}
{% macro stripe_documents() -%}
    select
        'invoice' as kind,
        id as source_id,
        id as document_id,
        customer_id,
        subscription_id,
        case when is_deleted then 'void' else status end as status,
        coalesce(status_transitions_finalized_at, created) as issued_at,
        due_date as due_at,
        status_transitions_paid_at as paid_at,
        created,
        upper(currency) as currency,
        subtotal,
        coalesce(tax, 0) as tax,
        total,
        unreadable_column,
        unreadable_value
    from invoices
    union all
    select
        'credit_note' as kind,
        credit_notes.id as source_id,
        credit_notes.id as document_id,
        invoices.customer_id,
        invoices.subscription_id,
        case credit_notes.status when 'issued' then 'paid' else credit_notes.status end as status,
        credit_notes.created as issued_at,
        cast(null as {{ type_of('timestamp') }}) as due_at,
        cast(null as {{ type_of('timestamp') }}) as paid_at,
        credit_notes.created,
        upper(credit_notes.currency) as currency,
        coalesce(credit_notes.discount_amount, 0) - credit_notes.subtotal as subtotal,
        credit_notes.subtotal - coalesce(credit_notes.discount_amount, 0) - credit_notes.total as tax,
        -credit_notes.total as total,
        credit_notes.unreadable_column,
        credit_notes.unreadable_value
    from credit_notes
    left join invoices
        on credit_notes.invoice_id = invoices.id
    union all
    select
        'refund' as kind,
        refunds.id as source_id,
        case when charges.id is null or charges.invoice_id is not null then refunds.id end as document_id,
        charges.customer_id,
        invoices.subscription_id,
        case
            when refunds.status = 'succeeded' then 'paid'
            when refunds.status in ('pending', 'requires_action') then 'open'
            when refunds.status in ('failed', 'canceled') then 'void'
            else refunds.status
        end as status,
        refunds.created as issued_at,
        cast(null as {{ type_of('timestamp') }}) as due_at,
        cast(null as {{ type_of('timestamp') }}) as paid_at,
        refunds.created,
        upper(refunds.currency) as currency,
        {{ stripe_share('refunds.amount', 'invoices.tax', 'invoices.total') }} - refunds.amount as subtotal,
        -{{ stripe_share('refunds.amount', 'invoices.tax', 'invoices.total') }} as tax,
        -refunds.amount as total,
        refunds.unreadable_column,
        refunds.unreadable_value
    from refunds
    left join charges
        on refunds.charge_id = charges.id
    left join invoices
        on charges.invoice_id = invoices.id
    left join (select distinct refund_id from credit_notes) as paid_out
        on refunds.id = paid_out.refund_id
    where paid_out.refund_id is null
{%- endmacro %}


{#-
    Of invoice_lines, credit_note_lines, credit_notes and documents: one row a line of a document, before the discounts
    and the tax that stand on the document as a whole, in the minor unit. A refund is a line of its own.
-#}
{% macro stripe_document_lines() -%}
    {%- set no_text = 'cast(null as ' ~ type_of('text') ~ ')' -%}
    {%- set no_instant = 'cast(null as ' ~ type_of('timestamp') ~ ')' -%}
    select
        'invoice' as kind,
        coalesce(unique_id, id) as line_id,
        invoice_id as document_id,
        subscription_id,
        subscription_item_id as item_id,
        plan_id,
        line_type,
        description,
        quantity,
        amount,
        0 as discount_amount,
        case when amount > 0 and coalesce(discountable, true) then amount else 0 end as discountable_amount,
        quantity > 0 and amount - unit_amount_excluding_tax * quantity >= 1 as is_tax_included,
        upper(currency) as currency,
        period_start,
        period_end,
        proration as is_proration,
        unreadable_column,
        unreadable_value
    from invoice_lines
    union all
    select
        'credit_note' as kind,
        credit_note_lines.id as line_id,
        credit_note_lines.credit_note_id as document_id,
        {{ no_text }} as subscription_id,
        {{ no_text }} as item_id,
        {{ no_text }} as plan_id,
        {{ no_text }} as line_type,
        credit_note_lines.description,
        credit_note_lines.quantity,
        coalesce(credit_note_lines.discount_amount, 0) - credit_note_lines.amount as amount,
        -coalesce(credit_note_lines.discount_amount, 0) as discount_amount,
        0 as discountable_amount,
        false as is_tax_included,
        upper(credit_notes.currency) as currency,
        {{ no_instant }} as period_start,
        {{ no_instant }} as period_end,
        false as is_proration,
        credit_note_lines.unreadable_column,
        credit_note_lines.unreadable_value
    from credit_note_lines
    left join credit_notes
        on credit_note_lines.credit_note_id = credit_notes.id
    union all
    select
        kind,
        source_id as line_id,
        document_id,
        subscription_id,
        {{ no_text }} as item_id,
        {{ no_text }} as plan_id,
        {{ no_text }} as line_type,
        'Refund' as description,
        cast(1 as {{ type_of('decimal') }}) as quantity,
        subtotal as amount,
        0 as discount_amount,
        0 as discountable_amount,
        false as is_tax_included,
        currency,
        {{ no_instant }} as period_start,
        {{ no_instant }} as period_end,
        false as is_proration,
        unreadable_column,
        unreadable_value
    from documents
    where kind = 'refund'
{%- endmacro %}
