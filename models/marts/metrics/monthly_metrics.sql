{%- for model in metric_value_models() %}
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
from {{ ref(model) }}
{{- '\nunion all' if not loop.last }}
{%- endfor %}
