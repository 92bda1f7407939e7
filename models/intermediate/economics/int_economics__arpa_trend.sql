{%- set windows = [6, 12] -%}
-- Months count from the as-of month, to keep the sums small; a line's slope is the same wherever counting begins.
with points as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        new_accounts,
        {{ month_number('month') }} - {{ month_number(as_of_month()) }} as month_number,
        case when new_accounts > 0 then cast({{ exact_quotient('new_mrr', 'new_accounts', 6) }} as decimal(28, 6)) end as arpa_new
    from {{ ref('int_metrics__monthly') }}
),

products as (
    select
        *,
        case when arpa_new is not null then month_number end as x,
        cast(arpa_new * month_number as decimal(28, 6)) as xy
    from points
),

sums as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        {%- for months in windows %}
        {%- set window = 'partition by policy, dimension, dimension_value order by month rows between ' ~ (months - 1) ~ ' preceding and current row' %}
        count(arpa_new) over ({{ window }}) as points_{{ months }}m,
        sum(new_accounts) over ({{ window }}) as new_accounts_{{ months }}m,
        sum(x) over ({{ window }}) as sum_x_{{ months }}m,
        sum(x * x) over ({{ window }}) as sum_xx_{{ months }}m,
        sum(arpa_new) over ({{ window }}) as sum_y_{{ months }}m,
        sum(xy) over ({{ window }}) as sum_xy_{{ months }}m{{ ',' if not loop.last }}
        {%- endfor %}
    from products
),

-- Least squares: (n x sum(xy) - sum(x) x sum(y)) / (n x sum(xx) - sum(x) squared). Two points always are a line.
final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        {%- for months in windows %}
        points_{{ months }}m,
        new_accounts_{{ months }}m,
        case when points_{{ months }}m >= 3 then cast(
            points_{{ months }}m * sum_xy_{{ months }}m - sum_x_{{ months }}m * sum_y_{{ months }}m as decimal(28, 6)
        ) end as slope_numerator_{{ months }}m,
        case when points_{{ months }}m >= 3 then cast(
            points_{{ months }}m * sum_xx_{{ months }}m - sum_x_{{ months }}m * sum_x_{{ months }}m as decimal(28, 6)
        ) end as slope_denominator_{{ months }}m{{ ',' if not loop.last }}
        {%- endfor %}
    from sums
)

select * from final
where points_12m > 0
