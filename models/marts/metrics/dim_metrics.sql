{%- for metric in metric_catalogue() %}
select
    '{{ metric.name }}' as metric,
    '{{ metric.unit }}' as unit,
    '{{ metric.numerator | replace("'", "''") }}' as numerator_formula,
    {{ "'" ~ metric.denominator | replace("'", "''") ~ "'" if metric.denominator else 'cast(null as ' ~ type_of('text') ~ ')' }} as denominator_formula,
    {{ '1 = 1' if metric.splits is not defined else '1 = 0' }} as is_split_by_account
{{- '\nunion all' if not loop.last }}
{%- endfor %}
