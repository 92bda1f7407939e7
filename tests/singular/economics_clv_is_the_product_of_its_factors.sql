-- Average purchase value x purchases per customer and year x lifespan in years, as they're published with eight
-- decimals, is the lifetime value to within what their rounding can do.
with factors as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        max(case when metric = 'clv' then value end) as clv,
        max(case when metric = 'average_purchase_value' then value end) as purchase_value,
        max(case when metric = 'purchases_per_customer_year' then value end) as purchases_a_year,
        max(case when metric = 'customer_lifespan_years' then value end) as years
    from {{ ref('int_economics__values') }}
    group by policy, month, dimension, dimension_value
)

select * from factors
where {{ '1 = 0' if var('clv_with_gross_margin') else '1 = 1' }}
    and purchase_value is not null
    and (
        abs(clv - round(round(purchase_value * purchases_a_year, 10) * years, 8)) > 0.0001 + clv * 0.000001
        or (clv is null) <> (years is null)
    )
