{#- What several of Stripe's staging models do alike. The CTEs that a macro reads are named after the source's tables. -#}

{#- An amount in a currency's minor unit as one in its major unit. -#}
{% macro stripe_amount(amount, unit_value) -%}
    cast(
        cast({{ amount }} as decimal(26, 6)) * coalesce({{ unit_value }}, cast(0.01 as decimal(9, 6))) as {{ type_of('decimal') }}
    )
{%- endmacro %}


{#- amount x part / whole in whole minor units, halves away from zero; 0 where there is no whole. -#}
{% macro stripe_share(amount, part, whole) -%}
    coalesce(100 * {{ exact_quotient(
        'cast(' ~ amount ~ ' as decimal(20, 0)) * cast(' ~ part ~ ' as decimal(18, 0)) * 0.01', whole, 2
    ) }}, 0)
{%- endmacro %}


{#- Of prices and plans: one row a price, or a plan that isn't among the prices; amounts in the minor unit. -#}
{% macro stripe_price_list() -%}
    select
        id as price_id,
        product_id,
        upper(currency) as currency,
        coalesce(unit_amount_decimal, unit_amount) as unit_amount,
        case when price_type = 'one_time' then 'once' else recurring_interval end as interval_unit,
        case when price_type = 'one_time' then 1 else recurring_interval_count end as interval_count,
        coalesce(recurring_usage_type = 'metered', false) as is_metered,
        coalesce(billing_scheme = 'tiered', false) as is_tiered,
        transform_quantity_divide_by as package_size,
        transform_quantity_round as package_rounding,
        unreadable_column,
        unreadable_value
    from prices
    union all
    select
        plans.id as price_id,
        plans.product_id,
        upper(plans.currency) as currency,
        plans.amount as unit_amount,
        plans.billing_interval as interval_unit,
        plans.interval_count,
        coalesce(plans.usage_type = 'metered', false) as is_metered,
        coalesce(plans.billing_scheme = 'tiered', false) as is_tiered,
        plans.transform_usage_divide_by as package_size,
        plans.transform_usage_round as package_rounding,
        plans.unreadable_column,
        plans.unreadable_value
    from plans
    left join prices
        on plans.id = prices.id
    where prices.id is null
{%- endmacro %}


{#-
    Of subscription_history and subscriptions: one row a version of a subscription that is known on the as-of date.
    version_from is when it began, where the loader says so; is_latest marks how the subscription stands. What the
    history has goes before the table without one.
-#}
{% macro stripe_subscription_versions() -%}
    {%- set columns = [
        'id', 'customer_id', 'status', 'created', 'start_date', 'trial_start', 'trial_end', 'canceled_at', 'cancel_at',
        'cancel_at_period_end', 'ended_at', 'current_period_end', 'billing_cycle_anchor', 'quantity',
        'pause_collection_behavior', 'pause_collection_resumes_at', 'unreadable_column', 'unreadable_value',
    ] -%}
    select
        {{ columns | join(',\n        ') }},
        _fivetran_start as version_from,
        id is null or row_number() over (
            partition by id
            order by
                coalesce(_fivetran_start, _fivetran_synced, created) desc nulls last,
                case when _fivetran_active then 0 else 1 end,
                current_period_end desc nulls last,
                {{ by_bytes('status') }} nulls last
        ) = 1 as is_latest
    from subscription_history
    where _fivetran_start is null or {{ local_time('_fivetran_start') }} < {{ as_of_cutoff() }}
    union all
    select
        {%- for column in columns %}
        subscriptions.{{ column }},
        {%- endfor %}
        cast(null as {{ type_of('timestamp') }}) as version_from,
        true as is_latest
    from subscriptions
    left join (select distinct id from subscription_history) as versioned
        on subscriptions.id = versioned.id
    where versioned.id is null
{%- endmacro %}


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


{#- A line's share of an amount of its document: what is shared out up to it, less what was up to the line before. -#}
{% macro stripe_running_share(amount, weight, weights) -%}
    {%- set running = 'sum(' ~ weight ~ ') over (partition by document_id order by ' ~ by_bytes('line_id') ~ ' rows unbounded preceding)' -%}
    {{ stripe_share(amount, running, weights) }} - {{ stripe_share(amount, '(' ~ running ~ ' - ' ~ weight ~ ')', weights) }}
{%- endmacro %}


{#- A quantity in packages, where the price is one for packages of several units. -#}
{% macro stripe_packages(quantity) -%}
    case
        when price_list.package_size > 1 and price_list.package_rounding = 'down'
            then cast(floor({{ quantity }} / price_list.package_size) as {{ type_of('decimal') }})
        when price_list.package_size > 1
            then cast(ceil({{ quantity }} / price_list.package_size) as {{ type_of('decimal') }})
        else {{ quantity }}
    end
{%- endmacro %}
