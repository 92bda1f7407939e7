{%- set one_curve = 'partition by policy, month, dimension, dimension_value order by age' -%}
with survival as (
    select
        *,
        lead(age) over ({{ one_curve }}) as next_age,
        row_number() over ({{ one_curve }}) = 1 as is_youngest
    from {{ ref('int_economics__survival') }}
),

-- The area under the curve, which is 1 up to the first age and ends with the oldest one that there is; and the age at
-- which half are left.
final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        sum(at_risk) as account_months_at_risk,
        max(age) as oldest_age,
        sum(
            survival * (coalesce(next_age, age) - age) + case when is_youngest then age else 0 end
        ) as customer_lifetime_months,
        min(case when survival <= 0.5 then age end) as customer_lifetime_median_months
    from survival
    group by policy, month, dimension, dimension_value
)

select * from final
