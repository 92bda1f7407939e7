with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

reasons as (
    select reasons.*
    from {{ ref('nps_reasons') }} as reasons
    inner join last_month
        on
            reasons.month > {{ add_months('last_month.month', -12) }}
            and reasons.month <= last_month.month
    where
        reasons.survey_type = 'relationship'
        and reasons.scale = '0 to 10'
        and reasons.theme <> '(no comment)'
)

select
    theme,
    sum(mentions) as mentions,
    {%- for class in ['detractor', 'passive', 'promoter'] %}
    sum(case when nps_class = '{{ class }}' then mentions else 0 end) as {{ class }}s,
    {%- endfor %}
    {{ safe_ratio("sum(case when nps_class = 'detractor' then mentions else 0 end)", 'sum(mentions)') }} as detractor_share
from reasons
group by theme
order by detractor_share desc, theme
