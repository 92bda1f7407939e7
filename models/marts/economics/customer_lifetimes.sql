with survival as (
    select * from {{ ref('int_economics__survival') }}
),

-- The newest curve is that of the last month that is over.
last_month as (
    select max(month) as month from {{ ref('int_calendar__months') }}
    where not is_provisional
),

final as (
    select
        survival.policy,
        survival.month,
        survival.dimension,
        survival.dimension_value,
        cast(survival.age as {{ type_of('integer') }}) as age_months,
        survival.at_risk,
        survival.events,
        cast(survival.survival as {{ type_of('value') }}) as survival
    from survival
    inner join last_month on survival.month = last_month.month
)

select * from final
