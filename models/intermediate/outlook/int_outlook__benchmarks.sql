-- Sizes are published in a currency: with another reporting currency only what holds for every size is compared.
select
    benchmark_id,
    metric,
    unit,
    arr_from,
    arr_to,
    statistic,
    low,
    median,
    high,
    coalesce(low, median, high) as lower_edge,
    coalesce(high, median, low) as upper_edge,
    conversion,
    is_higher_better,
    source,
    source_year,
    note
from {{ ref('metric_benchmarks') }}
where arr_currency is null
    or arr_currency = {{ as_text_literal(var("reporting_currency")) }}
