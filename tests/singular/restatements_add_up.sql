-- The parts of a restated figure are its difference.
with figures as (
    select
        policy,
        month,
        metric,
        dimension,
        dimension_value,
        sum(numerator_part) as numerator_part,
        sum(denominator_part) as denominator_part,
        sum(value_part) as value_part,
        coalesce(max(current_numerator), 0) - coalesce(max(first_numerator), 0) as numerator_difference,
        coalesce(max(current_denominator), 0) - coalesce(max(first_denominator), 0) as denominator_difference,
        max(current_value) - max(first_value) as value_difference
    from {{ ref('metric_restatements') }}
    group by policy, month, metric, dimension, dimension_value
)

select *
from figures
where numerator_part <> numerator_difference
    or denominator_part <> denominator_difference
    or value_part <> value_difference
