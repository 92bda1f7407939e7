with spine as (
    {{ dbt_utils.date_spine(
        datepart='day',
        start_date="cast('" ~ first_day() ~ "' as date)",
        end_date="cast(" ~ as_of_cutoff() ~ " as date)"
    ) }}
)

select cast(date_day as date) as day
from spine
