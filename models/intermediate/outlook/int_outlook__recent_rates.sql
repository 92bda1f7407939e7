-- A month that isn't over says nothing of a rate.
with movements as (
    select mrr.*
    from {{ ref('int_metrics__mrr') }} as mrr
    inner join {{ ref('int_calendar__months') }} as months
        on mrr.month = months.month
    where mrr.dimension in ('all', 'billing_entity')
        and not months.is_provisional
),

recent as (
    select
        policy,
        dimension,
        dimension_value,
        month,
        closing_mrr,
        count(*) over ({{ recent_months() }}) as months_known,
        sum(new_mrr + reactivation_mrr) over ({{ recent_months() }}) as arrived_mrr,
        sum(opening_mrr + fx_mrr) over ({{ recent_months() }}) as opening_mrr,
        sum(expansion_mrr) over ({{ recent_months() }}) as expansion_mrr,
        sum(contraction_mrr) over ({{ recent_months() }}) as contraction_mrr,
        sum(churn_mrr) over ({{ recent_months() }}) as churn_mrr
    from movements
),

rates as (
    select
        policy,
        dimension,
        dimension_value,
        month,
        cast(closing_mrr as {{ type_of('figure') }}) as closing_mrr,
        {{ exact_quotient('arrived_mrr', 'months_known', 6) }} as arriving_mrr,
        {{ safe_ratio('expansion_mrr', 'opening_mrr') }} as expansion_rate,
        {{ safe_ratio('contraction_mrr', 'opening_mrr') }} as contraction_rate,
        {{ safe_ratio('churn_mrr', 'opening_mrr') }} as churn_rate
    from recent
    where months_known = {{ var('forecast_window_months') }}
),

final as (
    select
        policy,
        dimension,
        dimension_value,
        month,
        closing_mrr,
        cast(arriving_mrr as {{ type_of('figure') }}) as arriving_mrr,
        cast(expansion_rate as {{ type_of('value') }}) as expansion_rate,
        cast(contraction_rate as {{ type_of('value') }}) as contraction_rate,
        cast(churn_rate as {{ type_of('value') }}) as churn_rate,
        -- What more than doubles in a month doesn't go on for a year: no forecast, rather than one without end.
        cast(
            case
                when 1 + expansion_rate - contraction_rate - churn_rate <= 2
                    then 1 + expansion_rate - contraction_rate - churn_rate
            end
            as {{ type_of('value') }}
        ) as monthly_factor
    from rates
)

select * from final
