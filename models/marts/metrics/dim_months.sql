{%- set start = var('fiscal_year_start_month') | int -%}
with months as (
    select * from {{ ref('int_calendar__months') }}
    where month >= (select min(month) from {{ ref('monthly_metrics') }})
),

final as (
    select
        month,
        cast(closes_on as date) as closes_on,
        is_provisional,
        is_closed,
        cast(extract(year from month) as {{ type_of('integer') }}) as calendar_year,
        cast(extract(quarter from month) as {{ type_of('integer') }}) as calendar_quarter,
        -- A fiscal year has the name of the calendar year that it ends in.
        cast(
            extract(year from month)
            + case when {{ start }} > 1 and extract(month from month) >= {{ start }} then 1 else 0 end
            as {{ type_of('integer') }}
        ) as fiscal_year,
        cast(floor(({{ fiscal_month('month', start) }} - 1) / 3) + 1 as {{ type_of('integer') }}) as fiscal_quarter,
        cast({{ fiscal_month('month', start) }} as {{ type_of('integer') }}) as fiscal_month,
        case cast({{ fiscal_month('month', start) }} as {{ type_of('integer') }})
            {%- for place in range(1, 13) if (place - 1) % 3 > 0 %}
            when {{ place }} then {{ add_months('month', -((place - 1) % 3)) }}
            {%- endfor %}
            else month
        end as fiscal_quarter_begins
    from months
)

select * from final
