-- How old a rate may be: counted back from the month's end. In the current month it is counted back from the beginning, so
-- that a company with rates at month ends has the last one all month long.
with months as (
    select
        month,
        closes_on,
        cast({{ dbt.dateadd(
            'day', -var('exchange_rate_max_age_days'), 'case when is_provisional then month else closes_on end'
        ) }} as date) as oldest_rate_on
    from {{ ref('int_calendar__months') }}
),

rates as (
    select rate_date, from_currency as currency, rate
    from {{ ref('contract_exchange_rates') }}
    where to_currency = {{ as_text_literal(var("reporting_currency")) }}
        and from_currency <> {{ as_text_literal(var("reporting_currency")) }}
),

of_months as (
    select
        rates.currency,
        months.month,
        rates.rate,
        rates.rate_date,
        row_number() over (partition by rates.currency, months.month order by rates.rate_date desc) as recency
    from rates
    inner join months
        on {{ month_of('rates.rate_date') }} = months.month
        and rates.rate_date < months.closes_on
),

-- A month's last rate stands until there is a newer one.
in_force as (
    select
        currency,
        rate,
        rate_date,
        month as month_from,
        coalesce(lead(month) over (partition by currency order by month), {{ end_of_time() }}) as month_to
    from of_months
    where recency = 1
),

currencies as (
    select distinct currency from rates
),

-- Before the first rate it's 0: nothing is in that currency then, but accounts of several have a row for each of them.
final as (
    select
        currencies.currency,
        months.month,
        coalesce(in_force.rate, 0) as rate,
        in_force.rate_date,
        coalesce(in_force.rate_date >= months.oldest_rate_on, false) as is_fresh
    from currencies
    cross join months
    left join in_force
        on currencies.currency = in_force.currency
        and months.month >= in_force.month_from
        and months.month < in_force.month_to
    union all
    select
        {{ as_text_literal(var("reporting_currency")) }} as currency,
        month,
        cast(1 as {{ type_of('rate') }}) as rate,
        cast(null as date) as rate_date,
        true as is_fresh
    from months
)

select * from final
