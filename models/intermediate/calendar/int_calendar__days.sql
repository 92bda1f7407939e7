with months as (
    select * from {{ ref('int_calendar__months') }}
),

places as (
    {%- for place in range(31) %}
    select {{ place }} as place{{ ' union all' if not loop.last }}
    {%- endfor %}
),

days as (
    select
        {{ add_days('months.month', 'places.place') }} as day,
        months.closes_on
    from months
    cross join places
),

final as (
    select day
    from days
    where day < closes_on
)

select * from final
