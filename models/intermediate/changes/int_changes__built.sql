-- After the last table by account, so that a run that stops on the way rebuilds the same accounts again.
{%- for model in tables_by_account() %}
-- depends_on: {{ ref(model) }}
{%- endfor %}
select
    billing_entity,
    account_id,
    top_account_id,
    source_rows,
    content_hash,
    phase_hash,
    rates_hash,
    shared_hash,
    definitions
from {{ ref('int_changes__sources') }}
