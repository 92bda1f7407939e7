with months as (
    select
        month,
        closes_on,
        cast({{ dbt.dateadd('day', -var('exchange_rate_max_age_days'), 'closes_on') }} as date) as oldest_rate_on
    from {{ ref('int_calendar__months') }}
),

rates as (
    select rate_date, from_currency as currency, rate
    from {{ ref('contract_exchange_rates') }}
    where to_currency = '{{ var("reporting_currency") }}'
        and from_currency <> '{{ var("reporting_currency") }}'
),

latest_in_month as (
    select
        rates.currency,
        months.month,
        rates.rate,
        row_number() over (partition by rates.currency, months.month order by rates.rate_date desc) as recency
    from rates
    inner join months
        on rates.rate_date < months.closes_on
        and rates.rate_date >= months.oldest_rate_on
),

final as (
    select currency, month, rate
    from latest_in_month
    where recency = 1
    union all
    select '{{ var("reporting_currency") }}' as currency, month, cast(1 as {{ type_of('rate') }}) as rate
    from months
)

select * from final
