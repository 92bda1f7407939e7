with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

metrics as (
    select metrics.*
    from {{ ref('monthly_metrics') }} as metrics
    inner join last_month on metrics.month = last_month.month
    where metrics.policy = 'standard'
),

of_all as (
    select
        max(case when metric = 'arr_per_csm' then value end) as arr_per_csm,
        max(case when metric = 'accounts_per_csm' then value end) as accounts_per_csm
    from metrics
    where dimension = 'all'
),

of_reps as (
    select
        dimension_value as csm_id,
        {%- for metric in ['csm_fte', 'accounts', 'arr', 'arr_per_csm', 'accounts_per_csm', 'nrr_12m', 'grr_12m'] %}
        max(case when metric = '{{ metric }}' then value end) as {{ metric }}{{ ',' if not loop.last }}
        {%- endfor %}
    from metrics
    where dimension = 'csm'
    group by dimension_value
)

select
    of_reps.csm_id,
    of_reps.csm_fte,
    of_reps.accounts,
    of_reps.accounts_per_csm,
    {{ safe_ratio('of_reps.accounts_per_csm', 'of_all.accounts_per_csm') }} as accounts_to_average,
    of_reps.arr_per_csm,
    {{ safe_ratio('of_reps.arr_per_csm', 'of_all.arr_per_csm') }} as arr_to_average,
    of_reps.nrr_12m,
    of_reps.grr_12m
from of_reps
cross join of_all
where of_reps.csm_fte > 0 or of_reps.accounts > 0
order by accounts_to_average desc nulls last, of_reps.csm_id
