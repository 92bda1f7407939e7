{%- set one_figure = 'partition by parts.policy, parts.month, parts.metric, parts.dimension, parts.dimension_value' -%}
{{ config(materialized="view") }}

with parts as (
    {%- for model, metrics in contribution_models() %}
    {%- set is_last_model = loop.last %}
    {%- for metric in metrics if metric.splits is not defined %}
    {{ metric_parts(metric, ref(model)) }}
    {{- '\n    union all' if not (loop.last and is_last_model) }}
    {%- endfor %}
    {%- endfor %}
),

figures as (
    select * from {{ ref('monthly_metrics') }}
),

ranked as (
    select
        parts.*,
        figures.unit,
        figures.is_provisional,
        count(*) over ({{ one_figure }}) as accounts,
        {%- for part in ['numerator', 'denominator'] %}
        figures.{{ part }} - sum(parts.{{ part }}) over ({{ one_figure }}) as left_{{ part }},
        row_number() over (
            {{ one_figure }}
            order by abs(parts.{{ part }}) desc, {{ by_bytes('parts.billing_entity') }}, {{ by_bytes('parts.account_id') }}
        ) as place_{{ part }}{{ ',' if not loop.last }}
        {%- endfor %}
    from parts
    inner join figures
        on {{ same('parts', 'figures', ['policy', 'month', 'metric', 'dimension', 'dimension_value']) }}
),

-- What rounding leaves, at most a hundred-thousandth an account, goes to the largest part: then they add up.
final as (
    select
        policy,
        month,
        metric,
        dimension,
        dimension_value,
        billing_entity,
        account_id,
        {%- for part in ['numerator', 'denominator'] %}
        cast({{ part }} + case
            when place_{{ part }} = 1 and abs(left_{{ part }}) <= accounts * 0.00001 then left_{{ part }} else 0
        end as {{ type_of('figure') }}) as {{ part }},
        {%- endfor %}
        unit,
        is_provisional
    from ranked
    union all
    -- What doesn't split over accounts stands as a whole; the seed metric_components says what it's made of.
    select
        policy,
        month,
        metric,
        dimension,
        dimension_value,
        {{ all_entities() }} as billing_entity,
        {{ no_account() }} as account_id,
        numerator,
        denominator,
        unit,
        is_provisional
    from figures
    where metric in ('{{ unsplit_metrics() | join("', '") }}')
        and dimension = 'all'
)

select * from final
