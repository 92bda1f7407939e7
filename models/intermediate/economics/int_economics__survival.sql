-- A month's curve is made of what was seen in its last twelve months, age by age: how long accounts stay as things are,
-- and nothing that came later.
with at_risk as (
    select
        at_risk.policy,
        months.month,
        at_risk.dimension,
        at_risk.dimension_value,
        at_risk.age,
        cast(sum(at_risk.at_risk) as {{ type_of('integer') }}) as at_risk,
        cast(sum(at_risk.losses) as {{ type_of('integer') }}) as events
    from {{ ref('int_economics__lifetimes_at_risk') }} as at_risk
    inner join {{ ref('int_calendar__months') }} as months
        on at_risk.month <= months.month
        and {{ add_months('at_risk.month', 12) }} > months.month
    group by at_risk.policy, months.month, at_risk.dimension, at_risk.dimension_value, at_risk.age
),

final as (
    {{ survival_curve('at_risk', ['policy', 'month', 'dimension', 'dimension_value'], lifetime_cap_months()) }}
)

select * from final
