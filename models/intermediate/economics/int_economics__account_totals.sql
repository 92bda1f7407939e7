{%- set last_year = 'partition by policy, dimension, dimension_value order by month rows between 11 preceding and current row' -%}
with intervals as (
    select * from {{ ref('int_economics__account_intervals') }}
),

changes as (
    {{ segment_changes('intervals') }}
),

running as (
    {{ running_totals('changes', ['policy', 'measure', 'value_currency', 'dimension', 'dimension_value'], ['value']) }}
),

monthly as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        {%- for measure in ['customers', 'lapsed_customers', 'purchases', 'purchase_amount', 'changed_user_days'] %}
        sum(case when measure = '{{ measure }}' then value else 0 end) as {{ measure }}{{ ',' if not loop.last }}
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
        sum(customers) over ({{ last_year }}) as customer_months_12m,
        sum(lapsed_customers) over ({{ last_year }}) as lapsed_customers_12m,
        sum(purchases) over ({{ last_year }}) as purchases_12m,
        sum(purchase_amount) over ({{ last_year }}) as purchase_amount_12m
    from monthly
)

select * from final
