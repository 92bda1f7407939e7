found as (
    select movements.*
    from metrics.fct_mrr_movements as movements
    inner join given using (policy, billing_entity, account_id)
    where movements.month between given.opens and given.month
)
select
    month, movement_type as movement, amount, seats_amount as seats, price_amount as price, plan_amount as plan,
    add_on_amount as add_on, discount_amount as discount, opening_mrr, closing_mrr
from found
order by month
