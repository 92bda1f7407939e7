{{ config(severity='warn') }}
-- Values of labels that couldn't be taken: their rows count, without them. Mend them at the source.
select source_system, table_name, column_name, reason, row_count, example_key, example_value
from {{ ref('emptied_values') }}
