with daily as (
    select * from {{ ref('int_usage__daily') }}
),

final as (
    select
        dimension,
        dimension_value,
        day,
        dau,
        wau,
        mau
    from daily
)

select * from final
