{%- set figure = ['policy', 'month', 'metric', 'dimension', 'dimension_value'] -%}
{%- set sides = ['numerator', 'denominator'] -%}
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

rounded as (
    select
        parts.*,
        {%- for side in sides %}
        cast(parts.{{ side }} as {{ type_of('figure') }}) as rounded_{{ side }},
        cast((figures.{{ side }} - sum(cast(parts.{{ side }} as {{ type_of('figure') }})) over (
            partition by {{ prefixed('parts', figure) | join(', ') }}
        )) * 1000000 as {{ type_of('integer') }}) as left_{{ side }},
        {%- endfor %}
        count(*) over (partition by {{ prefixed('parts', figure) | join(', ') }}) as parts,
        figures.unit,
        figures.is_provisional
    from parts
    inner join figures on {{ same('parts', 'figures', figure) }}
),

-- A figure has six decimals. The last digits that its parts lack go to those that rounding took most from, one each.
ranked as (
    select
        *,
        {%- for side in sides %}
        row_number() over (
            partition by {{ figure | join(', ') }}
            order by
                ({{ side }} - rounded_{{ side }}) * sign(left_{{ side }}) desc,
                {{ by_bytes('billing_entity') }},
                {{ by_bytes('account_id') }}
        ) as place_{{ side }}{{ ',' if not loop.last }}
        {%- endfor %}
    from rounded
),

final as (
    select
        {{ figure | join(',\n        ') }},
        billing_entity,
        account_id,
        {%- for side in sides %}
        cast(
            rounded_{{ side }} + coalesce({{ share_of_rounding('left_' ~ side, 'parts', 'place_' ~ side) }}, 0)
            as {{ type_of('figure') }}
        ) as {{ side }},
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
