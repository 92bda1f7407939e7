{%- set figures = {
    'quick_in': ('quick_ratio', 'numerator'),
    'quick_out': ('quick_ratio', 'denominator'),
    'acquisition_cost': ('cac', 'numerator'),
    'new_accounts': ('cac', 'denominator'),
    'monthly_margin_won': ('cac_payback_months', 'denominator'),
    'net_new_mrr': ('net_new_mrr', 'numerator'),
} -%}
with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

metrics as (
    select * from {{ ref('monthly_metrics') }} where policy = 'standard' and dimension = 'all'
),

quarters as (
    {%- for quarter in range(4) %}
    select
        {{ add_months('month', -3 * quarter) }} as last_month,
        {{ add_months('month', -3 * quarter - 3) }} as month_before
    from last_month
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

totals as (
    select
        quarters.last_month,
        {%- for name, (metric, side) in figures.items() %}
        sum(case when metrics.metric = '{{ metric }}' then metrics.{{ side }} end) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from quarters
    inner join metrics on metrics.month > quarters.month_before and metrics.month <= quarters.last_month
    group by quarters.last_month
)

select
    last_month as quarter_up_to,
    round(net_new_mrr, 2) as net_new_mrr,
    {{ safe_ratio('quick_in', 'quick_out') }} as quick_ratio,
    round(acquisition_cost, 2) as acquisition_cost,
    round(new_accounts, 0) as new_accounts,
    {{ safe_ratio('acquisition_cost', 'new_accounts') }} as cac,
    {{ safe_ratio('acquisition_cost', 'monthly_margin_won') }} as payback_months,
    {{ safe_ratio('net_new_mrr * 12', 'acquisition_cost') }} as net_new_arr_per_cost
from totals
order by last_month
