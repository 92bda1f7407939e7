select
    policy,
    month,
    metric,
    dimension,
    dimension_value,
    numerator,
    denominator,
    value,
    unit,
    sample_size,
    is_small_sample,
    is_provisional
from {{ ref('int_metrics__values') }}
