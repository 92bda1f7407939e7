{{ config(severity='warn') }}
-- Sources that are beyond a limit of the seed data_quality_thresholds that the build warns of.
select measure, source_system, table_name, reason, row_count, value, warn_above, fail_above
from {{ ref('data_quality_alerts') }}
where level = 'warn'
