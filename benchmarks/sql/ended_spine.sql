-- The same, but each customer's months end with the last that he pays for, and they are joined to the intervals that they lie in,
-- as in dbt Labs' MRR playbook (github.com/dbt-labs/mrr-playbook); the month after the last one is added by itself.
create or replace temp table ended_customer_months as
with months as (
    select month from metrics_intermediate.int_calendar__months
    where month >= (select min(month_from) from metrics_intermediate.int_mrr__item_mrr where month_from < month_to)
),
items as (
    select * from metrics_intermediate.int_mrr__item_mrr where month_from < month_to
),
customers as (
    select policy, billing_entity, account_id, currency, min(month_from) as first_month, max(month_to) as end_month
    from items
    group by all
),
spine as (
    select customers.policy, customers.billing_entity, customers.account_id, customers.currency, months.month
    from customers
    inner join months on months.month >= customers.first_month and months.month < customers.end_month
),
revenue as (
    select spine.policy, spine.billing_entity, spine.account_id, spine.currency, spine.month, sum(coalesce(items.mrr, 0)) as mrr
    from spine
    left join items
        on spine.policy = items.policy
        and spine.billing_entity = items.billing_entity
        and spine.account_id = items.account_id
        and spine.currency = items.currency
        and spine.month >= items.month_from
        and spine.month < items.month_to
    group by all
),
with_ends as (
    from revenue
    union all
    select customers.policy, customers.billing_entity, customers.account_id, customers.currency, customers.end_month, 0
    from customers
    where customers.end_month <= (select max(month) from months)
),
compared as (
    select
        *,
        coalesce(lag(mrr) over (partition by policy, billing_entity, account_id, currency order by month), 0) as previous_mrr
    from with_ends
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
    min(case when closing > 0 then month end) over (partition by policy, billing_entity, account_id) as first_active_month
from valued;

create or replace temp table totals as
select
    policy,
    month,
    case
        when opening <= 0 and closing > 0 and first_active_month = month then 'new'
        when opening <= 0 and closing > 0 then 'reactivation'
        when opening > 0 and closing <= 0 then 'churn'
        when closing > opening then 'expansion'
        when closing < opening then 'contraction'
    end as movement_type,
    sum(abs(closing - opening)) as amount,
    count(*) as accounts
from ended_customer_months
where closing <> opening
group by all;
