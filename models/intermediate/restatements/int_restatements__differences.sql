{%- set figure = ['policy', 'month', 'metric', 'dimension', 'dimension_value'] -%}
{%- set figures_of_month = figure[:4] -%}
with first_figures as (
    select * from {{ ref('int_restatements__first_figures') }}
    where {{ was_reported() }}
        and policy in (select policy from {{ ref('int_policies') }})
        and dimension in ('all', '{{ dimensions() | join("', '") }}', 'csm', 'feature')
),

reported as (
    select {{ figures_of_month | join(', ') }}, min(first_reported_on) as first_reported_on
    from first_figures
    group by {{ figures_of_month | join(', ') }}
),

current_figures as (
    select figures.*
    from {{ ref('monthly_metrics') }} as figures
    inner join reported on {{ same('figures', 'reported', figures_of_month) }}
),

compared as (
    select
        {%- for column in figure + ['unit'] %}
        coalesce(first_figures.{{ column }}, current_figures.{{ column }}) as {{ column }},
        {%- endfor %}
        {%- for column in ['numerator', 'denominator', 'value'] %}
        first_figures.{{ column }} as first_{{ column }},
        current_figures.{{ column }} as current_{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from first_figures
    full outer join current_figures on {{ same('first_figures', 'current_figures', figure) }}
),

final as (
    select compared.*, reported.first_reported_on
    from compared
    inner join reported on {{ same('compared', 'reported', figures_of_month) }}
    where
        {%- for column in ['numerator', 'denominator', 'value'] %}
        {{ 'or ' if not loop.first }}{{ is_other('compared.first_' ~ column, 'compared.current_' ~ column) }}
        {%- endfor %}
)

select * from final
