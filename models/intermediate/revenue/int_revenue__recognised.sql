{{ config(materialized="view") }}

with lines as (
    select
        billing_entity,
        invoice_line_id,
        account_id,
        currency,
        revenue_class,
        is_recurring,
        amount,
        cast(issued_at as date) as issued_on,
        cast(service_start as date) as starts_on,
        cast(service_end as date) as ends_on
    from {{ ref('int_revenue__lines') }}
    where not is_test_account
),

months as (
    select month, closes_on from {{ ref('int_calendar__months') }}
),

at_once as (
    select
        billing_entity,
        invoice_line_id,
        account_id,
        currency,
        revenue_class,
        is_recurring,
        {{ month_of('issued_on') }} as month,
        amount
    from lines
    where starts_on is null or ends_on is null or ends_on <= starts_on
),

-- The days of the service period that are over at the month's opening and at its end: what is recognised by its
-- end less what was by its opening, so that the months of a line add up to the line.
over_time as (
    select
        lines.billing_entity,
        lines.invoice_line_id,
        lines.account_id,
        lines.currency,
        lines.revenue_class,
        lines.is_recurring,
        months.month,
        lines.amount,
        {{ days_between('lines.starts_on', 'lines.ends_on') }} as days,
        greatest({{ days_between('lines.starts_on', 'months.month') }}, 0) as days_before,
        {{ days_between('lines.starts_on', 'least(lines.ends_on, months.closes_on)') }} as days_by_end
    from lines
    inner join months
        on lines.starts_on < months.closes_on
        and lines.ends_on > months.month
    where lines.ends_on > lines.starts_on
),

final as (
    select billing_entity, invoice_line_id, account_id, currency, revenue_class, is_recurring, month, amount
    from at_once
    union all
    select
        billing_entity,
        invoice_line_id,
        account_id,
        currency,
        revenue_class,
        is_recurring,
        month,
        cast(
            {{ portion('amount', 'days_by_end', 'days') }}
            - {{ portion('amount', 'days_before', 'days') }} as {{ type_of('mrr') }}
        ) as amount
    from over_time
)

select * from final
