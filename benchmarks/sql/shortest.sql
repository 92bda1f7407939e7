-- The least SQL that gives the same totals: one statement, DuckDB's own short forms, nothing kept in between.
create or replace temp table totals as
with changes as (
    select policy, billing_entity, account_id, currency, month, sum(change) as change
    from (
        select policy, billing_entity, account_id, currency, unnest([month_from, month_to]) as month, unnest([mrr, -mrr]) as change
        from metrics_intermediate.int_mrr__item_mrr
        where month_from < month_to
    )
    where month <= (select max(month) from metrics_intermediate.int_calendar__months)
    group by all
    having sum(change) <> 0
),

balances as (
    select *, sum(change) over (partition by policy, billing_entity, account_id, currency order by month) as closing
    from changes
),

-- An account in several currencies needs all of them in a month in which one changes.
aligned as (
    select policy, billing_entity, account_id, currency, month, change, closing from balances
    union all
    select a.policy, a.billing_entity, a.account_id, b.currency, a.month, 0, arg_max(b.closing, b.month)
    from balances as a
    inner join balances as b using (policy, billing_entity, account_id)
    where a.currency <> b.currency
        and b.month <= a.month
        and (policy, billing_entity, account_id) in (
            select (policy, billing_entity, account_id) from balances
            group by policy, billing_entity, account_id having min(currency) <> max(currency)
        )
    group by all
    having max(b.month) < a.month
),

account_months as (
    select
        policy, billing_entity, account_id, month,
        sum((closing - change)::decimal(20, 4) * rate) as opening,
        sum(closing::decimal(20, 4) * rate) as closing
    from aligned
    inner join metrics_intermediate.contract_month_rates using (currency, month)
    group by all
),

judged as (
    select
        *,
        coalesce(max(closing > 0) over (
            partition by policy, billing_entity, account_id order by month rows between unbounded preceding and 1 preceding
        ), false) as has_paid_before
    from account_months
)

select
    policy,
    month,
    case
        when opening <= 0 and closing > 0 then if(has_paid_before, 'reactivation', 'new')
        when opening > 0 and closing <= 0 then 'churn'
        when closing > opening then 'expansion'
        else 'contraction'
    end as movement_type,
    sum(abs(closing - opening)) as amount,
    count(*) as accounts
from judged
where closing <> opening
group by all;
