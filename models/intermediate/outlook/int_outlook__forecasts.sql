-- Each month's rates look ahead in the same way: the last month's is the forecast, the others are its back-tests.
with months as (
    select * from {{ ref('int_outlook__recent_rates') }}
),

ahead_0 as (
    select
        policy,
        dimension,
        dimension_value,
        month as origin_month,
        month,
        closing_mrr as mrr,
        monthly_factor,
        arriving_mrr
    from months
    where monthly_factor is not null
),

{% for horizon in range(1, forecast_months() + 1) -%}
ahead_{{ horizon }} as (
    select
        policy,
        dimension,
        dimension_value,
        origin_month,
        {{ add_months('month', 1) }} as month,
        cast({{ mrr_a_month_later('mrr') }} as {{ type_of('figure') }}) as mrr,
        monthly_factor,
        arriving_mrr
    from ahead_{{ horizon - 1 }}
),

{% endfor -%}
projected as (
    {%- for horizon in range(1, forecast_months() + 1) %}
    select policy, dimension, dimension_value, origin_month, {{ horizon }} as horizon, month, mrr
    from ahead_{{ horizon }}
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
        projected.mrr as forecast_mrr,
        months.closing_mrr as actual_mrr
    from projected
    left join months
        on {{ same('projected', 'months', ['policy', 'dimension', 'dimension_value', 'month']) }}
)

select * from final
