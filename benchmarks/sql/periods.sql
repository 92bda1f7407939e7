-- Five periods of each customer, one after the other: with 300,000 customers what the engine was chosen by (design: "a sparse change
-- ledger"). Each begins in one of the first 24 of 50 months; a period has 3 to 11 months and any price.
create schema metrics_intermediate;

create table metrics_intermediate.int_calendar__months as
select month::date as month from generate_series(date '2022-08-01', date '2026-09-01', interval 1 month) as months(month);

create table metrics_intermediate.contract_month_rates as
select 'USD' as currency, month, 1::decimal(18, 8) as rate from metrics_intermediate.int_calendar__months;

create table metrics_intermediate.int_mrr__item_mrr as
with periods as (
    select
        customer,
        hash(customer) % 24 as first_month,
        3 + hash(customer, number, 'months') % 9 as months,
        (10 + hash(customer, number, 'price') % 90)::decimal(18, 4) as mrr,
        number
    from range(getvariable('customers')) as customers(customer), range(5) as numbers(number)
),

placed as (
    select *, (first_month + sum(months) over (partition by customer order by number))::int as end_month
    from periods
)

select
    'standard' as policy,
    'made_up' as billing_entity,
    'customer_' || lpad(customer::text, 6, '0') as account_id,
    'item_' || lpad(customer::text, 6, '0') as item_id,
    'product' as product_id,
    'plan' as plan_id,
    'USD' as currency,
    mrr,
    (date '2022-08-01' + to_months(end_month - months::int))::date as month_from,
    (date '2022-08-01' + to_months(end_month))::date as month_to
from placed
order by hash(customer, number);
