-- Fails when a source is beyond a limit of the seed data_quality_thresholds that figures aren't published beyond.
select measure, source_system, table_name, reason, row_count, value, warn_above, fail_above
from {{ ref('data_quality_alerts') }}
where level = 'fail'
