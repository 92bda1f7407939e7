-- Each month's rates look ahead in the same way: the last month's is the forecast, the others are its back-test.
with months as (
    select * from {{ ref('int_outlook__recent_rates') }}
),

projected as (
    {%- for horizon in range(1, forecast_months() + 1) %}
    select
        policy,
        dimension,
        dimension_value,
        month as origin_month,
        {{ horizon }} as horizon,
        {{ add_months('month', horizon) }} as month,
        cast({{ mrr_after(horizon) }} as {{ type_of('figure') }}) as forecast_mrr
    from months
    where monthly_factor is not null
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        projected.policy,
        projected.dimension,
        projected.dimension_value,
        projected.origin_month,
        projected.horizon,
        projected.month,
        projected.forecast_mrr,
        actual.closing_mrr as actual_mrr
    from projected
    left join months as actual
        on projected.policy = actual.policy
        and projected.dimension = actual.dimension
        and projected.dimension_value = actual.dimension_value
        and projected.month = actual.month
)

select * from final
