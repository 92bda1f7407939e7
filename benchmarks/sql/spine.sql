-- The way that is usual in this field: a row for every customer and month, and each month compared with the last.
-- The same intervals as the project's, the same totals.
create or replace temp table customer_months as
with months as (
    select month from metrics_intermediate.int_calendar__months
    where month >= (select min(month_from) from metrics_intermediate.int_mrr__item_mrr where month_from < month_to)
),

customers as (
    select policy, billing_entity, account_id, min(month_from) as first_month
    from metrics_intermediate.int_mrr__item_mrr
    where month_from < month_to
    group by all
),

spine as (
    select customers.policy, customers.billing_entity, customers.account_id, months.month
    from customers
    inner join months on months.month >= customers.first_month
),

mrr as (
    select items.policy, items.billing_entity, items.account_id, items.currency, months.month, sum(items.mrr) as mrr
    from metrics_intermediate.int_mrr__item_mrr as items
    inner join months on months.month >= items.month_from and months.month < items.month_to
    group by all
),

currencies as (
    select policy, billing_entity, account_id, currency from mrr group by all
),

filled as (
    select spine.*, currencies.currency, coalesce(mrr.mrr, 0) as mrr
    from spine
    inner join currencies using (policy, billing_entity, account_id)
    left join mrr using (policy, billing_entity, account_id, currency, month)
),

compared as (
    select
        *,
        coalesce(lag(mrr) over (partition by policy, billing_entity, account_id, currency order by month), 0) as previous_mrr
    from filled
),

valued as (
    select
        compared.policy, compared.billing_entity, compared.account_id, compared.month,
        sum(previous_mrr::decimal(20, 4) * rate) as opening,
        sum(mrr::decimal(20, 4) * rate) as closing
    from compared
    inner join metrics_intermediate.contract_month_rates as rates using (currency, month)
    group by all
)

select
    *,
    coalesce(
        max(closing > 0) over (
            partition by policy, billing_entity, account_id order by month rows between unbounded preceding and 1 preceding
        ),
        false
    ) as has_paid_before
from valued;

create or replace temp table totals as
select
    policy,
    month,
    case
        when opening <= 0 and closing > 0 and not has_paid_before then 'new'
        when opening <= 0 and closing > 0 then 'reactivation'
        when opening > 0 and closing <= 0 then 'churn'
        when closing > opening then 'expansion'
        when closing < opening then 'contraction'
    end as movement_type,
    sum(abs(closing - opening)) as amount,
    count(*) as accounts
from customer_months
where closing <> opening
group by all;
