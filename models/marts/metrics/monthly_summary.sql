with metrics as (
    select * from {{ ref('monthly_metrics') }}
    where dimension = 'all'
),

final as (
    select
        policy,
        month,
        {%- for metric in metric_catalogue() if not metric.dimension %}
        max(case when metric = '{{ metric.name }}' then value end) as {{ metric.name }},
        {%- endfor %}
        {{ dbt.bool_or('is_provisional') }} as is_provisional
    from metrics
    group by policy, month
)

select * from final
