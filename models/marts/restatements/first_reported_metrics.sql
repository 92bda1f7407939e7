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
    first_reported_on
from {{ ref('int_restatements__first_figures') }}
where {{ was_reported() }}
