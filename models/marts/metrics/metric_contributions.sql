{%- set figure = ['policy', 'month', 'metric', 'dimension', 'dimension_value'] -%}
{%- set sides = ['numerator', 'denominator'] -%}
{%- set one_figure = 'partition by ' ~ figure | join(', ') -%}
{%- set account = by_bytes('billing_entity') ~ ', ' ~ by_bytes('account_id') -%}
{{ config(materialized="view") }}

with all_parts as (
    {%- for model, metrics in contribution_models() %}
    {{ metric_parts(metrics, ref(model)) }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

parts as (
    select * from all_parts
    where numerator <> 0
        or denominator <> 0
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

losses as (
    select
        {%- for side in sides %}
        ({{ side }} - rounded_{{ side }}) * case when left_{{ side }} < 0 then -1 else 1 end as lost_{{ side }},
        {%- endfor %}
        rounded.*
    from rounded
),

-- A figure has six decimals. The last digits that its parts lack go to those that rounding took most from, one each.
ranked as (
    select
        {%- for side in sides %}
        row_number() over ({{ one_figure }} order by lost_{{ side }} desc, {{ account }}) as place_{{ side }},
        {%- endfor %}
        losses.*
    from losses
),

final as (
    select
        {{ figure | join(',\n        ') }},
        billing_entity,
        account_id,
        {%- for side in sides %}
        cast(
            rounded_{{ side }}
            + coalesce({{ share_of_rounding('left_' ~ side, 'parts', 'place_' ~ side) }}, 0)
            as {{ type_of('figure') }}
        ) as {{ side }},
        {%- endfor %}
        unit,
        is_provisional
    from ranked
    union all
    -- What doesn't split over accounts stands as a whole; the seed metric_components says what it's made of.
    select
        {{ prefixed('figures', figure) | join(',\n        ') }},
        {{ all_entities() }} as billing_entity,
        {{ no_account() }} as account_id,
        figures.numerator,
        figures.denominator,
        figures.unit,
        figures.is_provisional
    from figures
    inner join {{ ref('dim_metrics') }} as catalogue on figures.metric = catalogue.metric
    where figures.dimension = 'all'
        and not catalogue.is_split_by_account
)

select * from final
