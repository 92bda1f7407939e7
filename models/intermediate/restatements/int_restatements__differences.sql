{%- set figure = ['policy', 'month', 'metric', 'dimension', 'dimension_value'] -%}
{%- set figures_of_month = figure[:4] -%}
{%- set sides = ['numerator', 'denominator', 'value'] -%}
{%- set columns = sides + ['unit'] -%}
with first_figures as (
    select {{ (figure + columns) | join(', ') }}, first_reported_on
    from {{ ref('int_restatements__first_figures') }}
    where {{ was_reported() }}
        and policy in (select policy from {{ ref('int_policies') }})
        and dimension in (select distinct dimension from {{ ref('monthly_metrics') }})
),

reported as (
    select {{ figures_of_month | join(', ') }}, min(first_reported_on) as first_reported_on
    from first_figures
    group by {{ figures_of_month | join(', ') }}
),

current_figures as (
    select {{ prefixed('figures', figure + columns) | join(', ') }}
    from {{ ref('monthly_metrics') }} as figures
    inner join reported on {{ same('figures', 'reported', figures_of_month) }}
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
        coalesce(first_figures.unit, current_figures.unit) as unit
    from first_figures
    full outer join current_figures on {{ same('first_figures', 'current_figures', figure) }}
),

final as (
    select compared.*, reported.first_reported_on
    from compared
    inner join reported on {{ same('compared', 'reported', figures_of_month) }}
    where 1 = 0
        {%- for side in sides %}
        or {{ is_other('compared.first_' ~ side, 'compared.current_' ~ side) }}
        {%- endfor %}
)

select * from final
