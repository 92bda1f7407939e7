{%- set figure = ['policy', 'month', 'metric', 'dimension', 'dimension_value'] -%}
{%- set figures_of_month = figure[:4] -%}
{%- set sides = ['numerator', 'denominator', 'value'] -%}
{%- set columns = sides + ['unit'] -%}
{%- set of_segment = ['dimension_value'] + sides -%}
with reported as (
    select
        {{ prefixed('kept_figures', figures_of_month) | join(', ') }},
        min(kept_figures.first_reported_on) as first_reported_on,
        sum(cast({{ comparison_hash(prefixed('kept_figures', of_segment)) }} as {{ type_of('hash') }})) as figures_hash
    from {{ ref('int_restatements__first_figures') }} as kept_figures
    where {{ was_reported('kept_figures') }}
        and kept_figures.policy in (select policy from {{ ref('int_policies') }})
        and kept_figures.dimension in (select distinct dimension from {{ ref('monthly_metrics') }})
    group by {{ prefixed('kept_figures', figures_of_month) | join(', ') }}
),

reported_anew as (
    select
        {{ prefixed('figures', figures_of_month) | join(', ') }},
        sum(cast({{ comparison_hash(prefixed('figures', of_segment)) }} as {{ type_of('hash') }})) as figures_hash
    from {{ ref('monthly_metrics') }} as figures
    group by {{ prefixed('figures', figures_of_month) | join(', ') }}
),

-- A segment may have as many values as there are reps: whose figures are all the same isn't looked at one by one.
differing as (
    select {{ prefixed('reported', figures_of_month) | join(', ') }}, reported.first_reported_on
    from reported
    left join reported_anew on {{ same('reported', 'reported_anew', figures_of_month) }}
    where reported_anew.figures_hash is null
        or reported.figures_hash <> reported_anew.figures_hash
),

first_figures as (
    select {{ prefixed('kept_figures', figure + columns) | join(', ') }}
    from {{ ref('int_restatements__first_figures') }} as kept_figures
    inner join differing on {{ same('kept_figures', 'differing', figures_of_month) }}
    where {{ was_reported('kept_figures') }}
),

current_figures as (
    select {{ prefixed('figures', figure + columns) | join(', ') }}
    from {{ ref('monthly_metrics') }} as figures
    inner join differing on {{ same('figures', 'differing', figures_of_month) }}
),

compared as (
    select
        {%- for column in figure %}
        coalesce(first_figures.{{ column }}, current_figures.{{ column }}) as {{ column }},
        {%- endfor %}
        {%- for side in sides %}
        first_figures.{{ side }} as first_{{ side }},
        current_figures.{{ side }} as current_{{ side }},
        {%- endfor %}
        coalesce(first_figures.unit, current_figures.unit) as first_unit,
        coalesce(current_figures.unit, first_figures.unit) as unit
    from first_figures
    full outer join current_figures on {{ same('first_figures', 'current_figures', figure) }}
),

final as (
    select compared.*, differing.first_reported_on
    from compared
    inner join differing on {{ same('compared', 'differing', figures_of_month) }}
    where false
        {%- for side in sides %}
        or {{ is_other('compared.first_' ~ side, 'compared.current_' ~ side) }}
        {%- endfor %}
)

select * from final
