-- In force at the window's opening or at some time in it; the opening is the last instant of the month before.
found as (
    select items.*
    from metrics_intermediate.int_mrr__item_mrr as items
    inner join given using (policy, billing_entity, account_id)
    where items.month_from <= given.month
        and items.month_to >= given.opens
)
select
    item_id, subscription_id, product_id, plan_id, month_from as "from month",
    case when month_to < date '3000-01-01' then month_to end as "to month",
    quantity, list_mrr, list_mrr - mrr as discount, mrr, currency
from found
order by month_from, item_id
