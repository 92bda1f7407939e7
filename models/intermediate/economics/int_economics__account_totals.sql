{%- set segment = ['policy', 'dimension', 'dimension_value'] -%}
{%- set by_month = 'partition by ' ~ segment | join(', ') ~ ' order by month' -%}
{%- set measures = ['customers', 'lapsed_customers', 'purchases', 'purchase_amount', 'changed_user_days'] -%}
with intervals as (
    select * from {{ ref('int_economics__account_intervals') }}
),

changes as (
    {{ segment_changes('intervals') }}
),

running as (
    {{ running_totals('changes', segment + ['measure', 'value_currency'], ['value']) }}
),

monthly as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        {%- for name in measures %}
        sum(case when measure = '{{ name }}' then value else 0 end) as {{ name }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from running
    group by policy, month, dimension, dimension_value
),

-- Once there is something there are all months from then on, so twelve rows are twelve months.
final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        customers,
        changed_user_days,
        sum(customers) over ({{ by_month }} rows between 11 preceding and current row) as customer_months_12m,
        sum(lapsed_customers) over ({{ by_month }} rows between 11 preceding and current row) as lapsed_customers_12m,
        sum(purchases) over ({{ by_month }} rows between 11 preceding and current row) as purchases_12m,
        sum(purchase_amount) over ({{ by_month }} rows between 11 preceding and current row) as purchase_amount_12m
    from monthly
)

select * from final
