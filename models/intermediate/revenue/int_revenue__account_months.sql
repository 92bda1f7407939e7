{%- set cutoff = 'cast(' ~ as_of_cutoff() ~ ' as date)' -%}
with lines as (
    select
        billing_entity,
        account_id,
        currency,
        is_recurring,
        amount,
        cast(issued_at as date) as issued_on,
        cast(service_start as date) as service_from,
        cast(service_end as date) as service_to
    from {{ ref('int_revenue__lines') }}
    where not is_test_account
),

-- A line without days of service is revenue of its invoice's day.
dated as (
    select
        *,
        case when service_to > service_from then service_from else issued_on end as starts_on,
        case
            when service_to > service_from then service_to
            else cast({{ dbt.dateadd('day', 1, 'issued_on') }} as date)
        end as ends_on
    from lines
),

periods as (
    select
        *,
        {{ month_of('starts_on') }} as first_month,
        {{ month_of(dbt.dateadd('day', -1, 'ends_on')) }} as last_month
    from dated
),

months as (
    select month, closes_on from {{ ref('int_calendar__months') }}
),

-- The ends of months that come before the service's: the first one of each line, and of long lines the others.
month_ends as (
    select periods.*, months.month, months.closes_on
    from periods
    inner join months on periods.first_month = months.month
    where periods.starts_on < months.closes_on
        and periods.ends_on > months.closes_on
    union all
    select long_periods.*, months.month, months.closes_on
    from periods as long_periods
    inner join months
        on long_periods.first_month < months.month
        and long_periods.ends_on > months.closes_on
    where long_periods.ends_on > least({{ add_months('long_periods.first_month', 2) }}, {{ cutoff }})
),

-- What of a line is earned by then, by day.
earned as (
    select
        billing_entity,
        account_id,
        currency,
        is_recurring,
        month,
        sum(cast({{ portion(
            'amount', days_between('starts_on', 'closes_on'), days_between('starts_on', 'ends_on')
        ) }} as {{ type_of('decimal') }})) as amount
    from month_ends
    group by billing_entity, account_id, currency, is_recurring, month
),

-- A month's revenue is what is earned by its end less what was by its opening, so a line's months add up to the line.
parts as (
    select billing_entity, account_id, currency, is_recurring, month, amount
    from earned
    union all
    select billing_entity, account_id, currency, is_recurring, {{ add_months('month', 1) }} as month, -amount as amount
    from earned
    union all
    select billing_entity, account_id, currency, is_recurring, last_month as month, amount
    from periods
    where ends_on <= {{ cutoff }}
),

final as (
    select
        billing_entity,
        account_id,
        currency,
        month,
        cast(sum(amount) as {{ type_of('billed') }}) as revenue,
        cast(sum(case when is_recurring then amount else 0 end) as {{ type_of('billed') }}) as recurring_revenue
    from parts
    where month <= {{ as_of_month() }}
    group by billing_entity, account_id, currency, month
)

select * from final
