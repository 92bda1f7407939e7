{%- for model, metrics in contribution_models() %}
{%- set is_last_model = loop.last %}
{%- for metric in metrics %}
{{ metric_row(metric, model) }}
{{- '\nunion all' if not (loop.last and is_last_model) }}
{%- endfor %}
{%- endfor %}
