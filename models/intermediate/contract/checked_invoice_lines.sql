with {{ identified_rows('invoice_lines') }},

accounts as (
    select billing_entity, account_id, is_test from {{ ref('contract_accounts') }}
),

invoices as (
    select billing_entity, invoice_id, status, issued_at, currency
    from {{ ref('contract_invoices') }}
),

known_currencies as (
    {{ known_currencies() }}
)

-- The subscription, item and product of a line are told where they're known; one that isn't costs no revenue. What is
-- looked up here of the invoice and the account is kept, so that these tables aren't joined again for every line.
select
    {{ checked_columns('invoice_lines', 'identified') }}
    invoices.status as invoice_status,
    invoices.issued_at,
    coalesce(accounts.is_test, false) as is_test_account,
    case
        {{ common_reasons('invoice_lines', 'identified') }}
        when abs(identified.amount) > {{ largest_amount() }} then 'invalid amount'
        when identified.service_end < identified.service_start then 'service_end before service_start'
        when invoices.invoice_id is null then 'unknown invoice_id'
        when accounts.account_id is null then 'unknown account_id'
        when known_currencies.currency is null then 'unknown currency'
        when identified.currency <> invoices.currency then 'invalid currency'
    end as rejection_reason
from identified
left join invoices
    on identified.billing_entity = invoices.billing_entity
    and identified.invoice_id = invoices.invoice_id
left join accounts
    on identified.billing_entity = accounts.billing_entity
    and identified.account_id = accounts.account_id
left join known_currencies on identified.currency = known_currencies.currency
