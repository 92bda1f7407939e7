{%- for model, metrics in contribution_models() %}
{%- set is_last_model = loop.last %}
{%- for metric in metrics %}
select
    '{{ metric.name }}' as metric,
    '{{ model.split("__")[0][4:] }}' as subject,
    '{{ metric.unit }}' as unit,
    '{{ metric.numerator | replace("'", "''") }}' as numerator_formula,
    {{ "'" ~ metric.denominator | replace("'", "''") ~ "'" if metric.denominator else 'cast(null as ' ~ type_of('text') ~ ')' }} as denominator_formula,
    {{ '1 = 1' if metric.splits is not defined else '1 = 0' }} as is_split_by_account
{{- '\nunion all' if not (loop.last and is_last_model) }}
{%- endfor %}
{%- endfor %}
