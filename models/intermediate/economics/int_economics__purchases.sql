with classes as (
    select revenue_class from {{ ref('revenue_classes') }}
    where is_purchase
),

-- What was bought on one invoice. Something given away was bought too; what was taken back is no purchase.
invoices as (
    select
        lines.billing_entity,
        lines.account_id,
        lines.invoice_id,
        lines.currency,
        cast(lines.issued_at as date) as purchased_on,
        sum(lines.amount) as amount
    from {{ ref('int_revenue__lines') }} as lines
    inner join classes on lines.revenue_class = classes.revenue_class
    where lines.amount >= 0
        and not lines.is_test_account
    group by lines.billing_entity, lines.account_id, lines.invoice_id, lines.currency, cast(lines.issued_at as date)
),

policies as (
    select * from {{ ref('int_policies') }}
),

-- Several on one day are one visit: frequency counts days.
days as (
    select
        policies.policy,
        invoices.billing_entity,
        {{ counted_account('invoices') }} as account_id,
        invoices.purchased_on,
        count(*) as purchases,
        sum({{ in_reporting_currency('invoices.amount', 'rates.rate', 'billed') }}) as amount
    from invoices
    inner join {{ ref('int_accounts__ancestors') }} as ancestors
        on invoices.billing_entity = ancestors.billing_entity
        and invoices.account_id = ancestors.account_id
    inner join {{ ref('contract_month_rates') }} as rates
        on invoices.currency = rates.currency
        and {{ month_of('invoices.purchased_on') }} = rates.month
    cross join policies
    group by policies.policy, invoices.billing_entity, {{ counted_account('invoices') }}, invoices.purchased_on
),

final as (
    select
        policy,
        billing_entity,
        account_id,
        purchased_on,
        purchases,
        amount,
        row_number() over (partition by policy, billing_entity, account_id order by purchased_on) = 1 as is_first
    from days
)

select * from final
