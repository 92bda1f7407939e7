with {{ identified_rows('invoice_lines') }},

accounts as (
    select billing_entity, account_id, is_test from {{ ref('contract_accounts') }}
),

invoices as (
    select billing_entity, invoice_id, status, issued_at, currency
    from {{ ref('contract_invoices') }}
),

-- A line is valued from the day of its invoice or of its service's start, the earlier, to the last day of service.
dated as (
    select
        identified.*,
        invoices.invoice_id as known_invoice_id,
        invoices.currency as invoice_currency,
        invoices.issued_at,
        invoices.status as invoice_status,
        case
            when identified.service_start < invoices.issued_at then identified.service_start
            else invoices.issued_at
        end as valued_from,
        case
            when {{ instant_after('day', -1, 'identified.service_end') }} > invoices.issued_at
                then {{ instant_after('day', -1, 'identified.service_end') }}
            else invoices.issued_at
        end as valued_to
    from identified
    left join invoices
        on identified.billing_entity = invoices.billing_entity
        and identified.invoice_id = invoices.invoice_id
)

-- The subscription, item and product of a line are told where they're known; one that isn't costs no revenue. What is
-- looked up here of the invoice and the account is kept, so that these tables aren't joined again for every line.
select
    {{ checked_columns('invoice_lines', 'dated') }}
    dated.invoice_status,
    dated.issued_at,
    coalesce(accounts.is_test, false) as is_test_account,
    case
        {{ common_reasons('invoice_lines', 'dated') }}
        when abs(dated.amount) > {{ largest_amount() }} then 'invalid amount'
        when dated.service_end < dated.service_start then 'service_end before service_start'
        when dated.known_invoice_id is null then 'unknown invoice_id'
        when accounts.account_id is null then 'unknown account_id'
        {{ currency_reasons() }}
        when dated.currency <> dated.invoice_currency then 'invalid currency'
    end as rejection_reason
from dated
left join accounts
    on dated.billing_entity = accounts.billing_entity
    and dated.account_id = accounts.account_id
{{ rate_joins('dated.currency', 'dated.valued_from', 'dated.valued_to') }}
