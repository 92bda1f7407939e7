with rates as (
    select * from {{ ref('contract_month_rates') }}
),

-- Months without a break have the same distance from their rank.
numbered as (
    select
        currency,
        month,
        {{ month_number('month') }} - row_number() over (partition by currency order by month) as span_number
    from rates
),

final as (
    select
        currency,
        min(month) as month_from,
        {{ add_months('max(month)', 1) }} as month_to
    from numbered
    group by currency, span_number
)

select * from final
