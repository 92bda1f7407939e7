-- After the last table by account, so that a run that stops on the way rebuilds the same accounts again.
{%- for model in tables_by_account() %}
-- depends_on: {{ ref(model) }}
{%- endfor %}
select * from {{ ref('int_changes__sources') }}
