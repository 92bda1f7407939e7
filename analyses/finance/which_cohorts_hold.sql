with cohorts as (
    select
        extract(year from cohort_month) as cohort_year,
        months_since_start,
        accounts_at_start,
        accounts,
        mrr_at_start,
        mrr
    from {{ ref('cohort_retention') }}
    where policy = 'standard' and dimension = 'all'
)

-- A cohort that isn't so old yet has no row of that age, so it is in neither side of the rate.
select
    cohort_year,
    sum(case when months_since_start = 0 then accounts else 0 end) as accounts_won,
    {%- for age in [6, 12, 24] %}
    {{ safe_ratio(
        'sum(case when months_since_start = ' ~ age ~ ' then accounts end)',
        'sum(case when months_since_start = ' ~ age ~ ' then accounts_at_start end)'
    ) }} as account_rate_{{ age }}m,
    {{ safe_ratio(
        'sum(case when months_since_start = ' ~ age ~ ' then mrr end)',
        'sum(case when months_since_start = ' ~ age ~ ' then mrr_at_start end)'
    ) }} as mrr_rate_{{ age }}m{{ ',' if not loop.last }}
    {%- endfor %}
from cohorts
group by cohort_year
order by cohort_year
