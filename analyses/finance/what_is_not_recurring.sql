with last_month as (
    select max(month) as month from {{ ref('dim_months') }} where not is_provisional
),

lines as (
    select lines.*
    from {{ ref('fct_revenue_lines') }} as lines
    inner join last_month
        on
            lines.issued_at >= {{ add_months('last_month.month', -2) }}
            and lines.issued_at < {{ add_months('last_month.month', 1) }}
    where not lines.is_test_account
)

select
    currency,
    revenue_class,
    is_recurring,
    count(*) as billed_lines,
    sum(amount) as amount,
    {{ safe_ratio('sum(amount)', 'sum(sum(amount)) over (partition by currency)') }} as share_of_currency
from lines
group by currency, revenue_class, is_recurring
order by currency, amount desc, revenue_class
