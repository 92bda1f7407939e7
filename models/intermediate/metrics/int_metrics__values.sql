with monthly as (
    select * from {{ ref('int_metrics__monthly') }}
    where dimension = 'all'
        or opening_mrr <> 0
        or closing_mrr <> 0
        or recognised_revenue <> 0
        or users <> 0
        or joined_and_left_accounts <> 0
        or pending_mrr <> 0
        or then_mrr_1m <> 0
        or then_mrr_12m <> 0
),

measured as (
    {%- for metric in metric_catalogue() %}
    select
        policy,
        month,
        '{{ metric.name }}' as metric,
        dimension,
        dimension_value,
        cast({{ metric.numerator }} as {{ type_of('figure') }}) as numerator,
        cast({{ metric.denominator | default('null') }} as {{ type_of('figure') }}) as denominator,
        '{{ metric.unit }}' as unit,
        cast({{ metric.sample | default('null') }} as {{ type_of('integer') }}) as sample_size,
        {{ '1 = 1' if metric.denominator else '1 = 0' }} as is_ratio,
        is_provisional
    from monthly
    {%- if metric.only_if %}
    where {{ metric.only_if }}
    {%- endif %}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        policy,
        month,
        metric,
        dimension,
        dimension_value,
        numerator,
        denominator,
        cast(
            case when is_ratio then {{ safe_ratio('numerator', 'denominator') }} else numerator end
            as {{ type_of('value') }}
        ) as value,
        unit,
        sample_size,
        coalesce(sample_size < {{ var('small_sample_below') }}, false) as is_small_sample,
        is_provisional
    from measured
)

select * from final
