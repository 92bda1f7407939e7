with spine as (
    {{ dbt_utils.date_spine(
        datepart='month',
        start_date="cast('" ~ first_day() ~ "' as date)",
        end_date=add_months(as_of_month(), 1)
    ) }}
),

months as (
    select cast(date_month as date) as month
    from spine
)

select
    month,
    {{ add_months('month', 1) }} as next_month,
    -- A month that isn't over ends, for now, with the as-of date.
    case
        when {{ add_months('month', 1) }} > cast({{ as_of_cutoff() }} as date) then cast({{ as_of_cutoff() }} as date)
        else {{ add_months('month', 1) }}
    end as closes_on,
    {{ add_months('month', 1) }} > cast({{ as_of_cutoff() }} as date) as is_provisional,
    {{ add_days(add_months('month', 1), var('close_after_days')) }} <= cast({{ as_of_cutoff() }} as date) as is_closed
from months
