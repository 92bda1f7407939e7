-- The marts as a good analyst would write them by hand: one DuckDB script, policy standard, from schema raw to schema
-- by_hand, the same figures. It may do what the project must not: DuckDB's own short forms, doubles where they are exact,
-- a row's number as its account's key, types as loaded, one policy, one time zone, no check that no row of these data fails
-- (absurd dates and amounts). The rules (charge codes, classes, bands) are the project's seeds.
set variable as_of = date '2026-09-10';
set variable cutoff = getvariable('as_of') + interval 1 day;
set variable this_month = date_trunc('month', getvariable('as_of'))::date;
set variable next_month = (getvariable('this_month') + interval 1 month)::date;
set variable forever = date '3000-01-01';

create or replace temp macro month_of(t) as date_trunc('month', t)::date;
create or replace temp macro plus_months(d, n) as (d + to_months(n))::date;
create or replace temp macro is_known(loaded_at) as coalesce(loaded_at < getvariable('cutoff'), true);
-- The month in which something begins, or ends, if it does; what is after the as-of date waits in the next month at least.
create or replace temp macro known_month(t) as case
    when t < getvariable('cutoff') then month_of(t)
    when t is not null then greatest(month_of(t), getvariable('next_month'))
    else getvariable('forever')
end;
create or replace temp macro valued(amount, rate) as amount::decimal(20, 4) * rate;
-- Rounded quotients, exact: doubles hold whole numbers to 2^53, and ratios are taken in 128 bits.
create or replace temp macro per_month(amount, unit, count) as (
    case
        when unit = 'week' then round(round(amount::double * 1000000) * 365 / (8400 * count))
        when unit = 'day' then round(round(amount::double * 1000000) * 365 / (1200 * count))
        else round(round(amount::double * 1000000) / (100 * count * case unit when 'quarter' then 3 when 'year' then 12 else 1 end))
    end / 10000
)::decimal(18, 4);
create or replace temp macro portion(amount, days, all_days) as
    (round(round(amount::double * 10000) * days / all_days) / 10000)::decimal(18, 4);
create or replace temp macro whole(x) as (x::decimal(28, 6) * 1000000)::hugeint;
create or replace temp macro quotient(n, d, parts) as
    sign(whole(n)) * sign(whole(d)) * ((2 * abs(whole(n)) * parts::hugeint + abs(whole(d))) // (2 * nullif(abs(whole(d)), 0)));
create or replace temp macro ratio(n, d) as (quotient(n, d, 100000000)::decimal(28, 0) * 0.00000001)::decimal(28, 8);
-- Of the rows with one key: why a row isn't the one that counts.
create or replace temp macro repeat_reason(version, key, loaded_at) as case
    when loaded_at < max(loaded_at) over (partition by key) then 'superseded'
    when min(version::text) over (partition by key, loaded_at) <> max(version::text) over (partition by key, loaded_at)
        then 'conflicting versions'
    when row_number() over (partition by key, loaded_at order by version::text) > 1 then 'duplicate row'
end;


-- ---------------------------------------------------------------------------------------------- what counts, what doesn't
drop schema if exists by_hand cascade;
create schema by_hand;

create temp table months as
select
    month::date as month,
    plus_months(month::date, 1) as next_month,
    least(plus_months(month::date, 1), getvariable('cutoff')::date) as closes_on,
    plus_months(month::date, 1) > getvariable('cutoff')::date as is_provisional
from range(date '1990-01-01', getvariable('next_month'), interval 1 month) as r(month);

create temp table rejected (table_name text, id bigint, reason text);

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (rate_date, from_currency, to_currency), loaded_at) as reason
    from raw.exchange_rates as t
    where hash(rate_date, from_currency, to_currency) in (
        select hash(rate_date, from_currency, to_currency) from raw.exchange_rates group by all having count(*) > 1
    )
)
select 'exchange_rates', t.rowid, coalesce(
    repeats.reason,
    case
        when rate_date is null then 'missing rate_date'
        when rate is null then 'missing rate'
        when rate <= 0 then 'invalid rate'
    end
) as why
from raw.exchange_rates as t left join repeats on t.rowid = repeats.id
where is_known(loaded_at) and why is not null;

create temp table rates as
with accepted as (
    select from_currency as currency, rate_date, rate::decimal(18, 8) as rate
    from raw.exchange_rates
    where is_known(loaded_at) and to_currency = 'USD' and from_currency <> 'USD'
        and rowid not in (select id from rejected where table_name = 'exchange_rates')
)

select currency, month, arg_max(rate, rate_date) as rate
from accepted inner join months on rate_date < closes_on and rate_date >= closes_on - 7
group by all
union all
select 'USD', month, 1 from months;

create temp table rate_spans as
select currency, min(month) as month_from, plus_months(max(month), 1) as month_to
from (
    select *, datediff('month', date '1990-01-01', month) - row_number() over (partition by currency order by month) as span from rates
)
group by currency, span;

create temp table known_currencies as
select distinct from_currency as currency from raw.exchange_rates
where to_currency = 'USD' and rowid not in (select id from rejected where table_name = 'exchange_rates');

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, account_id), loaded_at) as reason
    from raw.accounts as t
    where is_known(loaded_at) and account_id is not null and hash(billing_entity, account_id) in (
        select hash(billing_entity, account_id) from raw.accounts where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'accounts', t.rowid, coalesce(
    repeats.reason,
    case
        when t.account_id is null then 'missing account_id'
        when created_at is null then 'missing created_at'
        when employee_count < 0 then 'invalid employee_count'
    end
) as why
from raw.accounts as t left join repeats on t.rowid = repeats.id
where is_known(loaded_at) and why is not null;

-- Every account has its row's number as its key from here on.
create temp table accounts as
select
    t.rowid as account,
    t.*,
    coalesce(is_test, false) as is_test_account,
    coalesce(bands.band, '(unknown)') as employee_band
from raw.accounts as t
left join metrics_seeds.segment_bands as bands
    on bands.dimension = 'employee_band'
    and employee_count >= bands.lower_bound
    and employee_count < coalesce(bands.upper_bound, employee_count + 1)
where is_known(loaded_at) and t.rowid not in (select id from rejected where table_name = 'accounts');

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, product_id), loaded_at) as reason
    from raw.products as t
    where is_known(loaded_at) and product_id is not null and (billing_entity, product_id) in (
        select (billing_entity, product_id) from raw.products where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'products', t.rowid, coalesce(repeats.reason, if(product_name is null, 'missing product_name', null)) as why
from raw.products as t left join repeats on t.rowid = repeats.id
where is_known(loaded_at) and why is not null;

create temp table products as
select t.*, classes.is_recurring
from raw.products as t left join metrics_seeds.revenue_classes as classes on t.charge_class = classes.revenue_class
where is_known(loaded_at) and t.rowid not in (select id from rejected where table_name = 'products');

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, subscription_id), loaded_at) as reason
    from raw.subscriptions as t
    where is_known(loaded_at) and subscription_id is not null and hash(billing_entity, subscription_id) in (
        select hash(billing_entity, subscription_id) from raw.subscriptions where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'subscriptions', t.rowid, coalesce(
    repeats.reason,
    case
        when t.account_id is null then 'missing account_id'
        when started_at is null then 'missing started_at'
        when status not in ('incomplete', 'trialing', 'active', 'past_due', 'paused', 'unpaid', 'cancelled') then 'invalid status'
        when ended_at < started_at then 'ended_at before started_at'
        when trial_ended_at < trial_started_at then 'trial_ended_at before trial_started_at'
        when account is null then 'unknown account_id'
    end
) as why
from raw.subscriptions as t
left join repeats on t.rowid = repeats.id
left join accounts using (billing_entity, account_id)
where is_known(t.loaded_at) and why is not null;

create temp table subscriptions as
select t.*, account, is_test_account
from raw.subscriptions as t inner join accounts using (billing_entity, account_id)
where is_known(t.loaded_at) and t.rowid not in (select id from rejected where table_name = 'subscriptions');

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, item_id, valid_from), loaded_at) as reason
    from raw.subscription_items as t
    where is_known(loaded_at) and item_id is not null and valid_from is not null and hash(billing_entity, item_id, valid_from) in (
        select hash(billing_entity, item_id, valid_from) from raw.subscription_items where is_known(loaded_at) group by all having count(*) > 1
    )
),

judged as (
    select t.rowid as id, t.billing_entity, t.item_id, t.valid_from, t.valid_to, coalesce(
        repeats.reason,
        case
            when unit_amount is null then 'missing unit_amount'
            when quantity is null then 'missing quantity'
            when t.valid_from is null then 'missing valid_from'
            when interval_unit not in ('day', 'week', 'month', 'quarter', 'year', 'once') then 'invalid interval_unit'
            when interval_count < 1 then 'invalid interval_count'
            when quantity < 0 then 'invalid quantity'
            when t.valid_to < t.valid_from then 'valid_to before valid_from'
            when subscriptions.account is null then 'unknown subscription_id'
            when products.product_id is null then 'unknown product_id'
            when rate_spans.currency is null and known_currencies.currency is null then 'unknown currency'
            when rate_spans.currency is null then 'missing exchange rate'
        end
    ) as reason
    from raw.subscription_items as t
    left join repeats on t.rowid = repeats.id
    left join subscriptions using (billing_entity, subscription_id)
    left join products using (billing_entity, product_id)
    left join rate_spans
        on t.currency = rate_spans.currency
        and rate_spans.month_from <= least(month_of(t.valid_from), getvariable('this_month'))
        and rate_spans.month_to > least(coalesce(month_of(t.valid_to), getvariable('this_month')), getvariable('this_month'))
    left join known_currencies on t.currency = known_currencies.currency
    where is_known(t.loaded_at)
),

overlapping as (
    select
        id,
        valid_from < max(coalesce(valid_to, getvariable('forever'))) over (
            partition by billing_entity, item_id order by valid_from rows between unbounded preceding and 1 preceding
        ) as is_overlapping
    from judged
    where reason is null
)

select 'subscription_items', id, reason from judged where reason is not null
union all
select 'subscription_items', id, 'overlapping terms' from overlapping where is_overlapping;

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, subscription_id, paused_at), loaded_at) as reason
    from raw.subscription_pauses as t
    where is_known(loaded_at) and (billing_entity, subscription_id, paused_at) in (
        select (billing_entity, subscription_id, paused_at) from raw.subscription_pauses where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'subscription_pauses', t.rowid, coalesce(
    repeats.reason,
    case when resumed_at < paused_at then 'resumed_at before paused_at' when account is null then 'unknown subscription_id' end
) as why
from raw.subscription_pauses as t
left join repeats on t.rowid = repeats.id
left join subscriptions using (billing_entity, subscription_id)
where is_known(t.loaded_at) and why is not null;


-- ------------------------------------------------------------------------------------------------ MRR of items, in intervals
create temp table items as
select
    t.*,
    account,
    (unit_amount * quantity)::decimal(18, 6) as amount,
    coalesce(s.trial_started_at, if(s.trial_ended_at is not null, s.started_at, null)) as trial_from,
    coalesce(s.trial_ended_at, getvariable('forever')) as trial_to,
    greatest(t.valid_from, s.started_at) as service_from,
    least(coalesce(t.valid_to, getvariable('forever')), coalesce(s.ended_at, getvariable('forever'))) as paid_to,
    s.status <> 'incomplete' and not s.is_test_account and classes.is_recurring and t.interval_unit <> 'once' as is_counted,
    if(s.signed_at < s.started_at and t.valid_from <= s.started_at, month_of(s.signed_at), null) as signed_month,
    if(s.cancel_requested_at < getvariable('cutoff'), month_of(s.cancel_requested_at), getvariable('forever')) as cancelled_month
from raw.subscription_items as t
inner join subscriptions as s using (billing_entity, subscription_id)
inner join products using (billing_entity, product_id)
left join metrics_seeds.charge_code_rules as rules using (charge_type)
left join metrics_seeds.revenue_classes as classes on coalesce(products.charge_class, rules.revenue_class) = classes.revenue_class
where is_known(t.loaded_at) and t.rowid not in (select id from rejected where table_name = 'subscription_items');

create temp table terms as
select
    billing_entity, account, subscription_id, item_id, valid_from, product_id, coalesce(plan_id, product_id) as plan_id,
    currency, interval_unit, interval_count, quantity, amount, follows_trial, signed_month, cancelled_month,
    known_month(paid_from) as month_from,
    known_month(paid_to) as month_to
from (
    select
        *,
        coalesce(service_from >= trial_from and service_from < trial_to, false) as follows_trial,
        if(follows_trial, trial_to, service_from) as paid_from
    from items
    where is_counted
)
where paid_from < paid_to;

insert into rejected
with item_currencies as (
    select distinct billing_entity, subscription_id, item_id, currency from items
),

repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, discount_id), loaded_at) as reason
    from raw.discounts as t
    where is_known(loaded_at) and hash(billing_entity, discount_id) in (
        select hash(billing_entity, discount_id) from raw.discounts where is_known(loaded_at) group by all having count(*) > 1
    )
)

select 'discounts', t.rowid, coalesce(
    repeats.reason,
    case
        when coalesce(t.subscription_id, t.item_id) is null then 'missing subscription_id'
        when coalesce(percent_off, amount_off) is null then 'missing percent_off'
        when duration not in ('once', 'repeating', 'forever') then 'invalid duration'
        when valid_to < valid_from then 'valid_to before valid_from'
        when t.subscription_id is not null and subscriptions.account is null then 'unknown subscription_id'
        when t.item_id is not null and i.item_id is null then 'unknown item_id'
        when amount_off is not null and coalesce(sc.currency, ic.currency) is null then 'invalid currency'
    end
) as why
from raw.discounts as t
left join repeats on t.rowid = repeats.id
left join subscriptions using (billing_entity, subscription_id)
left join (select distinct billing_entity, item_id from item_currencies) as i
    on t.billing_entity = i.billing_entity and t.item_id = i.item_id
left join (select distinct billing_entity, subscription_id, currency from item_currencies) as sc
    on t.billing_entity = sc.billing_entity and t.subscription_id = sc.subscription_id and t.currency = sc.currency
left join (select distinct billing_entity, item_id, currency from item_currencies) as ic
    on t.billing_entity = ic.billing_entity and t.item_id = ic.item_id and t.currency = ic.currency
where is_known(t.loaded_at) and why is not null;

-- A discount that applies once lasts for one billing period of the terms that stand when it begins, or come next.
create temp table discount_spans as
with discounts as (
    from raw.discounts
    where is_known(loaded_at) and rowid not in (select id from rejected where table_name = 'discounts')
),

matched as (
    select t.billing_entity, t.subscription_id, t.item_id, t.currency, t.interval_unit, t.interval_count, t.valid_from as term_from, d.* exclude (billing_entity, subscription_id, item_id, currency), d.currency as discount_currency, false as is_shared
    from terms as t inner join discounts as d on t.billing_entity = d.billing_entity and t.item_id = d.item_id
    union all
    select t.billing_entity, t.subscription_id, t.item_id, t.currency, t.interval_unit, t.interval_count, t.valid_from as term_from, d.* exclude (billing_entity, subscription_id, item_id, currency), d.currency as discount_currency, true as is_shared
    from terms as t inner join discounts as d on t.billing_entity = d.billing_entity and t.subscription_id = d.subscription_id
),

first_terms as (
    from matched
    where amount_off is null or discount_currency = currency
    qualify row_number() over (
        partition by billing_entity, item_id, currency, discount_id
        order by term_from > valid_from, if(term_from <= valid_from, term_from, null) desc, term_from
    ) = 1
)

select
    billing_entity, subscription_id, item_id, currency, is_shared,
    coalesce(percent_off, 0) as percent_off,
    coalesce(amount_off, 0) as amount_off,
    known_month(valid_from) as month_from,
    known_month(coalesce(
        valid_to,
        if(duration = 'once', valid_from + case interval_unit
            when 'day' then to_days(interval_count::int)
            when 'week' then to_days(7 * interval_count::int)
            else to_months(interval_count::int * case interval_unit when 'quarter' then 3 when 'year' then 12 else 1 end)
        end, null)
    )) as month_to
from first_terms
where month_from < month_to;

-- Pauses, and trials that begin under way.
create temp table breaks as
select billing_entity, subscription_id, known_month(break_from) as month_from, known_month(break_to) as month_to
from (
    select billing_entity, subscription_id, paused_at as break_from, resumed_at as break_to
    from raw.subscription_pauses
    where is_known(loaded_at) and rowid not in (select id from rejected where table_name = 'subscription_pauses')
    union all
    select billing_entity, subscription_id, trial_started_at, trial_ended_at from subscriptions where trial_started_at > started_at
)
where month_from < month_to;

create temp table modified as
select distinct billing_entity, subscription_id from breaks
union
select distinct billing_entity, subscription_id from discount_spans;

create temp table item_mrr as
with affected as (
    from terms semi join modified using (billing_entity, subscription_id)
    where month_from < month_to
),

boundaries as (
    select distinct billing_entity, subscription_id, unnest([month_from, month_to]) as month
    from (
        select billing_entity, subscription_id, month_from, month_to from breaks
        union all
        select billing_entity, subscription_id, month_from, month_to from discount_spans
        union all
        select billing_entity, subscription_id, month_from, month_to from affected
    )
),

slices as (
    select
        affected.*,
        boundaries.month as slice_from,
        lead(boundaries.month, 1, month_to) over (partition by billing_entity, item_id, valid_from order by boundaries.month) as slice_to
    from affected
    inner join boundaries using (billing_entity, subscription_id)
    where boundaries.month >= month_from and boundaries.month < month_to
),

served as (
    from slices anti join breaks
        on slices.billing_entity = breaks.billing_entity
        and slices.subscription_id = breaks.subscription_id
        and slice_from >= breaks.month_from
        and slice_from < breaks.month_to
),

discounts as (
    select
        s.billing_entity, s.item_id, s.valid_from, s.slice_from,
        least(sum(percent_off), 100)::decimal(9, 6) as percent,
        sum(if(is_shared, 0, amount_off)) as own,
        sum(if(is_shared, amount_off, 0)) as shared
    from served as s
    inner join discount_spans as d
        on s.billing_entity = d.billing_entity and s.item_id = d.item_id and s.currency = d.currency
        and slice_from >= d.month_from and slice_from < d.month_to
    group by all
),

weighted as (
    select
        served.*, percent, own, shared,
        greatest(amount, 0) as weight,
        sum(greatest(amount, 0)) over (whole order by item_id, valid_from rows unbounded preceding) as running,
        sum(greatest(amount, 0)) over (whole) as total
    from served
    left join discounts using (billing_entity, item_id, valid_from, slice_from)
    window whole as (partition by billing_entity, subscription_id, currency, slice_from)
),

shared_out as (
    select
        *,
        if(shared = 0, 0, (shared * running)::decimal(28, 6)) as up_to,
        if(shared = 0, 0, (shared * (running - weight))::decimal(28, 6)) as before
    from weighted
),

priced as (
    select
        account, subscription_id, item_id, product_id, plan_id, currency, interval_unit, interval_count, quantity, amount,
        if(percent is null or amount <= 0, amount, greatest(
            amount::decimal(26, 6) * (100 - percent) * 0.01
            - own - if(up_to = 0, 0, coalesce((quotient(up_to, total, 1000000) - quotient(before, total, 1000000)) * 0.000001, 0)),
            0
        ))::decimal(18, 6) as net_amount,
        slice_from as month_from, slice_to as month_to, follows_trial and slice_from = month_from as follows_trial,
        if(slice_from = shared_out.month_from, signed_month, null) as signed_month, cancelled_month
    from shared_out
    union all
    select
        account, subscription_id, item_id, product_id, plan_id, currency, interval_unit, interval_count, quantity, amount,
        amount as net_amount, month_from, month_to, follows_trial, signed_month, cancelled_month
    from terms
    where month_from >= month_to or (billing_entity, subscription_id) not in (select (billing_entity, subscription_id) from modified)
)

select
    account, subscription_id, item_id, product_id, plan_id, currency, quantity,
    per_month(amount, interval_unit, interval_count) as list_mrr,
    per_month(net_amount, interval_unit, interval_count) as mrr,
    month_from, month_to, follows_trial, signed_month, cancelled_month
from priced
where list_mrr <> 0 and month_from <= month_to;


-- --------------------------------------------------------------------------------------------- balances and movements of accounts
create temp table balances as
with sums as materialized (
    select account, currency, month, sum(change)::decimal(18, 4) as change
    from (
        select account, currency, unnest([month_from, month_to]) as month, unnest([mrr, -mrr]) as change
        from item_mrr
        where month_from < month_to and mrr <> 0
    )
    where month <= getvariable('this_month')
    group by all
),

-- Where terms go on as others, alike, nothing changes; where an account pays as much for something else, its state does.
known_changes as materialized (
    from sums where change <> 0
    union all
    select distinct account, currency, month, 0
    from (
        select account, currency, month
        from item_mrr inner join (from sums where change = 0) using (account, currency)
        where month_from < month_to and (month_from = month or month_to = month)
        group by account, currency, month, item_id, product_id, plan_id
        having sum(if(month_from = month, mrr, -mrr)) <> 0
    )
),

several as materialized (
    select account from known_changes group by account having min(currency) <> max(currency)
),

-- An account's currencies have their changes in the same months.
changes as (
    from known_changes anti join several using (account)
    union all
    select account, currency, month, coalesce(change, 0)
    from (select distinct account, month from known_changes semi join several using (account))
    inner join (select distinct account, currency from known_changes semi join several using (account)) using (account)
    left join known_changes using (account, currency, month)
),

running as (
    select
        *,
        sum(change) over (own order by month rows unbounded preceding)::decimal(18, 4) as closing,
        lead(month, 1, getvariable('forever')) over (own order by month) as next_month
    from changes
    window own as (partition by account, currency)
),

priced as (
    select running.*, rate, valued(closing - change, rate) as opening_value, valued(closing, rate) as closing_value
    from running inner join rates using (currency, month)
),

whole as (
    select *, true as is_first_currency, opening_value as account_opening, closing_value as account_closing
    from priced anti join several using (account)
    union all
    select
        *,
        currency = min(currency) over in_month as is_first_currency,
        sum(opening_value) over in_month as account_opening,
        sum(closing_value) over in_month as account_closing
    from priced semi join several using (account)
    window in_month as (partition by account, month)
),

first_payments as (
    select account, min(month) as first_month from whole where account_closing > 0 group by account
),

judged as (
    select
        whole.*,
        case
            when account_opening <= 0 and account_closing > 0 then if(first_month < month, 'reactivation', 'new')
            when account_opening > 0 and account_closing <= 0 then 'churn'
            when account_closing > account_opening then 'expansion'
            when account_closing < account_opening then 'contraction'
            else 'none'
        end as movement_type
    from whole left join first_payments using (account)
)

select
    account, currency, is_first_currency, month as month_from, next_month as month_to, closing - change as opening, closing,
    rate, account_opening::decimal(38, 12) as account_opening, account_closing::decimal(38, 12) as account_closing, movement_type,
    lead(closing) over next as next_closing,
    lead(movement_type) over next as next_movement_type
from judged
window next as (partition by account, currency order by month);

-- Why expansions and contractions moved.
create temp table causes as
with moves as (
    select account, month_from as month from balances where is_first_currency and movement_type in ('expansion', 'contraction')
),

held as materialized (
    from item_mrr semi join (select distinct account from moves) using (account) where month_from < month_to
),

ended as (
    select held.*, month from held inner join moves on held.account = moves.account and month_to = month
),

started as (
    select held.*, month from held inner join moves on held.account = moves.account and month_from = month
),

item_changes as materialized (
    select
        account, month, item_id, currency,
        coalesce(s.subscription_id, e.subscription_id) as subscription_id,
        coalesce(s.product_id, e.product_id) as product_id,
        case when e.mrr is null then 'came' when s.mrr is null then 'went' else 'changed' end as kind,
        coalesce(s.plan_id <> e.plan_id or s.product_id <> e.product_id, false) as is_other_plan,
        coalesce(e.quantity, 0) as quantity_before,
        coalesce(s.quantity, 0) as quantity_after,
        coalesce(e.list_mrr, 0) as list_before,
        coalesce(s.list_mrr, 0) - coalesce(e.list_mrr, 0) as list_change,
        coalesce(s.mrr, 0) - coalesce(e.mrr, 0) as change
    from started as s full join ended as e using (account, item_id, currency, month)
),

same_product as (
    select distinct c.account, c.month, c.item_id
    from item_changes as c inner join held using (account, product_id)
    where (kind = 'came' and held.month_from < c.month and held.month_to >= c.month)
        or (kind = 'went' and held.month_from <= c.month and held.month_to > c.month)
),

swaps as (
    select account, month, subscription_id from item_changes
    where kind in ('came', 'went')
    group by all having count(distinct kind) = 2
),

judged as (
    select
        c.*,
        case when kind = 'changed' then 'terms' when p.item_id is not null then 'seats' when s.subscription_id is not null then 'plan' else 'add_on' end as cause,
        if(kind = 'changed' and quantity_before <> 0 and quantity_after <> quantity_before,
            (quotient(list_before::decimal(26, 6) * (quantity_after - quantity_before), quantity_before, 10000) * 0.0001)::decimal(18, 4), 0) as seats_change
    from item_changes as c
    left join same_product as p using (account, month, item_id)
    left join swaps as s using (account, month, subscription_id)
)

select
    account, month,
    sum(valued(case cause when 'terms' then seats_change when 'seats' then change else 0 end, rate)) as seats,
    sum(valued(if(cause = 'terms' and not is_other_plan, list_change - seats_change, 0), rate)) as price,
    sum(valued(case when cause = 'terms' and is_other_plan then list_change - seats_change when cause = 'plan' then change else 0 end, rate)) as plan,
    sum(valued(if(cause = 'add_on', change, 0), rate)) as add_on,
    sum(valued(if(cause = 'terms', change - list_change, 0), rate)) as discount
from judged inner join rates using (currency, month)
group by all;

create table by_hand.fct_mrr_movements as
select
    'standard' as policy, billing_entity, account_id, month_from as month, movement_type,
    abs(account_closing - account_opening)::decimal(38, 12) as amount,
    (coalesce(causes.seats, 0) * if(movement_type = 'contraction', -1, 1))::decimal(38, 12) as seats_amount,
    (coalesce(causes.price, 0) * if(movement_type = 'contraction', -1, 1))::decimal(38, 12) as price_amount,
    (coalesce(causes.plan, 0) * if(movement_type = 'contraction', -1, 1))::decimal(38, 12) as plan_amount,
    (coalesce(causes.add_on, 0) * if(movement_type = 'contraction', -1, 1))::decimal(38, 12) as add_on_amount,
    (coalesce(causes.discount, 0) * if(movement_type = 'contraction', -1, 1))::decimal(38, 12) as discount_amount,
    account_opening as opening_mrr, account_closing as closing_mrr
from balances
inner join accounts using (account)
left join causes on balances.account = causes.account and month_from = month
where is_first_currency and movement_type <> 'none';


-- -------------------------------------------------------------------------------------------------------- what was billed
insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, invoice_id), loaded_at) as reason
    from raw.invoices as t
    where is_known(loaded_at) and hash(billing_entity, invoice_id) in (
        select hash(billing_entity, invoice_id) from raw.invoices where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'invoices', t.rowid, coalesce(
    repeats.reason,
    case
        when t.account_id is null then 'missing account_id'
        when status is null then 'missing status'
        when issued_at is null then 'missing issued_at'
        when status not in ('draft', 'open', 'paid', 'uncollectible', 'void') then 'invalid status'
        when account is null then 'unknown account_id'
    end
) as why
from raw.invoices as t
left join repeats on t.rowid = repeats.id
left join accounts using (billing_entity, account_id)
where is_known(t.loaded_at) and why is not null;

create temp table invoices as
select
    t.rowid as invoice, t.billing_entity, invoice_id, account_id, issued_at, currency, total_amount,
    status not in ('draft', 'void') and issued_at < getvariable('cutoff') as is_billed
from raw.invoices as t
where is_known(loaded_at) and t.rowid not in (select id from rejected where table_name = 'invoices');

-- Accepted and rejected lines in one table, so that the largest table of all is joined and written once.
create table by_hand.lines as
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, invoice_line_id), loaded_at) as reason
    from raw.invoice_lines as t
    where is_known(loaded_at) and hash(billing_entity, invoice_line_id) in (
        select hash(billing_entity, invoice_line_id) from raw.invoice_lines where is_known(loaded_at) group by all having count(*) > 1
    )
)

select
    t.rowid as id,
    t.billing_entity,
    invoice_line_id,
    invoice_id,
    t.account_id,
    subscription_id,
    item_id,
    products.product_id,
    charge_type,
    case
        when coalesce(is_credit, false) then 'credit_note'
        when coalesce(classes.is_recurring, false) and coalesce(is_proration, false) then 'recurring_adjustment'
        else coalesce(classes.revenue_class, 'unclassified')
    end as revenue_class,
    coalesce(classes.is_recurring, false) and not coalesce(is_credit, false) as is_recurring,
    case
        when coalesce(is_credit, false) then 'The line is a credit note or refund'
        when coalesce(classes.is_recurring, false) and coalesce(is_proration, false) then 'A part of a period of a recurring charge'
        when charge_class is not null and classes.revenue_class is null then 'No revenue class is called ' || charge_class
        when charge_class is not null then 'The product says so'
        else coalesce(rules.reason, 'No rule knows the charge code ' || charge_type)
    end as reason,
    quantity,
    amount::decimal(18, 4) as amount,
    coalesce(discount_amount, 0)::decimal(18, 4) as discount_amount,
    coalesce(tax_amount, 0)::decimal(18, 4) as tax_amount,
    t.currency,
    issued_at,
    service_start,
    service_end,
    is_test_account,
    coalesce(t.source_system, 'native') as source_system,
    t.loaded_at,
    account,
    invoice,
    coalesce(
        repeats.reason,
        case
            when amount is null then 'missing amount'
            when service_end < service_start then 'service_end before service_start'
            when invoice is null then 'unknown invoice_id'
            when account is null then 'unknown account_id'
            when rate_spans.currency is null and known_currencies.currency is null then 'unknown currency'
            when rate_spans.currency is null then 'missing exchange rate'
            when t.currency <> invoices.currency then 'invalid currency'
        end
    ) as rejection_reason,
    rejection_reason is null and is_billed as is_revenue
from raw.invoice_lines as t
left join repeats on t.rowid = repeats.id
left join invoices using (billing_entity, invoice_id)
left join accounts on t.billing_entity = accounts.billing_entity and t.account_id = accounts.account_id
left join products on t.billing_entity = products.billing_entity and t.product_id = products.product_id
left join metrics_seeds.charge_code_rules as rules using (charge_type)
left join metrics_seeds.revenue_classes as classes on coalesce(products.charge_class, rules.revenue_class) = classes.revenue_class
left join rate_spans
    on t.currency = rate_spans.currency
    and rate_spans.month_from <= least(month_of(if(service_start < issued_at, service_start, issued_at)), getvariable('this_month'))
    and rate_spans.month_to > least(coalesce(month_of(if(service_end - interval 1 day > issued_at, service_end - interval 1 day, issued_at)), getvariable('this_month')), getvariable('this_month'))
left join known_currencies on t.currency = known_currencies.currency
where is_known(t.loaded_at);

insert into rejected select 'invoice_lines', id, rejection_reason from by_hand.lines where rejection_reason is not null;

create view by_hand.fct_revenue_lines as
select * exclude (id, account, invoice, rejection_reason, is_revenue) from by_hand.lines where is_revenue;

create table by_hand.invoice_tie_out as
with lines as (
    select invoice, sum(amount) as net_amount, sum(tax_amount) as tax_amount from by_hand.lines where is_revenue group by invoice
)

select
    billing_entity, invoice_id, account_id, month_of(issued_at) as month, currency,
    total_amount::decimal(20, 4) as invoiced_amount,
    coalesce(lines.net_amount, 0)::decimal(20, 4) as net_amount,
    coalesce(lines.tax_amount, 0)::decimal(20, 4) as tax_amount,
    (total_amount - coalesce(lines.net_amount, 0) - coalesce(lines.tax_amount, 0))::decimal(20, 4) as difference,
    case
        when total_amount is null then 'no total at the source'
        when lines.invoice is null and total_amount <> 0 then 'no accepted line'
        when difference <> 0 then 'different'
        else 'tied'
    end as tie_out
from invoices left join lines using (invoice)
where is_billed;

create table by_hand.monthly_tie_out as
select
    billing_entity, month, currency, count(*) as invoices, count(*) filter (tie_out <> 'tied') as untied_invoices,
    sum(invoiced_amount) as invoiced_amount, sum(net_amount) as net_amount, sum(tax_amount) as tax_amount, sum(difference) as difference
from by_hand.invoice_tie_out
group by all;

-- Recognised by day: what is earned by a month's end less what was by its opening. Most lines touch one month or two.
create temp table revenue as
with periods as not materialized (
    select
        account, currency, is_recurring, amount,
        if(service_end::date > service_start::date, service_start::date, issued_at::date) as starts_on,
        if(service_end::date > service_start::date, service_end::date, issued_at::date + 1) as ends_on,
        month_of(starts_on) as first_month,
        month_of(ends_on - 1) as last_month,
        ends_on <= getvariable('cutoff')::date and last_month <= first_month + interval 1 month as is_short
    from by_hand.lines
    where is_revenue and not is_test_account
),

parts as (
    select account, currency, is_recurring, first_month as month, amount
    from periods where is_short and first_month = last_month
    union all
    select account, currency, is_recurring, unnest([first_month, last_month]), unnest([first_part, amount - first_part])
    from (
        select *, portion(amount, last_month - starts_on, ends_on - starts_on) as first_part
        from periods where is_short and first_month < last_month
    )
    union all
    select
        account, currency, is_recurring, month,
        portion(amount, greatest(least(closes_on, ends_on) - starts_on, 0), ends_on - starts_on)
        - portion(amount, greatest(month - starts_on, 0), ends_on - starts_on)
    from periods inner join months on month >= first_month and month <= last_month
    where not is_short
)

select
    account, currency, month,
    sum(amount)::decimal(18, 4) as recognised,
    coalesce(sum(amount) filter (is_recurring), 0)::decimal(18, 4) as recurring
from parts
group by all;


-- --------------------------------------------------------------------------------------------------------------- segments

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, account_id, segment_name, valid_from), loaded_at) as reason
    from raw.account_segments as t
    where is_known(loaded_at) and hash(billing_entity, account_id, segment_name, valid_from) in (
        select hash(billing_entity, account_id, segment_name, valid_from) from raw.account_segments where is_known(loaded_at) group by all having count(*) > 1
    )
),

judged as (
    select t.rowid as id, account, segment_name, valid_from, valid_to, coalesce(
        repeats.reason,
        case
            when segment_value is null then 'missing segment_value'
            when valid_to < valid_from then 'valid_to before valid_from'
            when account is null then 'unknown account_id'
        end
    ) as why
    from raw.account_segments as t
    left join repeats on t.rowid = repeats.id
    left join accounts using (billing_entity, account_id)
    where is_known(t.loaded_at)
),

overlapping as (
    select
        id,
        valid_from < max(coalesce(valid_to, getvariable('forever'))) over (
            partition by account, segment_name order by valid_from rows between unbounded preceding and 1 preceding
        ) as is_overlapping
    from judged
    where why is null
)

select 'account_segments', id, why from judged where why is not null
union all
select 'account_segments', id, 'overlapping terms' from overlapping where is_overlapping;

-- The months whose opening instant is in a span of an account's tier and territory, and those whose last instant is.
create temp table spans as
with attributes as (
    select account, segment_name, segment_value, valid_from, coalesce(valid_to, getvariable('forever')) as valid_to
    from raw.account_segments as t inner join accounts using (billing_entity, account_id)
    where not is_test_account and is_known(t.loaded_at)
        and t.rowid not in (select id from rejected where table_name = 'account_segments')
),

cuts as (
    select account, timestamp '1990-01-01' as span_from from accounts where not is_test_account
    union
    select account, unnest([valid_from, valid_to]) from attributes
),

cut as (
    select account, span_from, lead(span_from, 1, getvariable('forever')) over (partition by account order by span_from) as span_to
    from cuts
    where span_from < getvariable('forever')
)

select
    cut.account,
    coalesce(tier.segment_value, '(none)') as tier,
    coalesce(territory.segment_value, '(none)') as territory,
    month_of(span_from - interval 1 microsecond + interval 1 month) as opening_from,
    month_of(span_to - interval 1 microsecond + interval 1 month) as opening_to,
    month_of(span_from) as closing_from,
    month_of(span_to) as closing_to
from cut
left join attributes as tier
    on cut.account = tier.account and tier.segment_name = 'tier' and span_from >= tier.valid_from and span_from < tier.valid_to
left join attributes as territory
    on cut.account = territory.account and territory.segment_name = 'territory'
    and span_from >= territory.valid_from and span_from < territory.valid_to;

create temp table main_items as
select b.account, month_from as state_month, i.plan_id, i.product_id, i.currency
from (select distinct account, month_from as month_from from balances where is_first_currency and account_closing > 0) as b
inner join (select * exclude (month_from, month_to), month_from as item_from, month_to as item_to from item_mrr) as i
    on b.account = i.account and month_from >= item_from and month_from < item_to
inner join rates on i.currency = rates.currency and b.month_from = rates.month
qualify row_number() over (partition by b.account, month_from order by valued(mrr, rate) desc, item_id) = 1;

create temp table segments as
with periods as (
    -- Before an account's first month, or always, where it never paid
    select
        account, 'USD' as mrr_currency, true as is_first_currency, null::date as state_month, 0::decimal(38, 12) as state_mrr,
        date '1990-01-01' as month_from, coalesce(first_month, getvariable('forever')) as month_to,
        false as is_start, false as is_paying, 0::decimal(18, 4) as opening, 0::decimal(18, 4) as closing, 'none' as movement_type
    from accounts left join (select account, min(month_from) as first_month from balances group by account) using (account)
    where not is_test_account
    union all
    -- The month in which it comes to pay, or comes back
    select
        account, currency, is_first_currency, month_from, account_closing, month_from, plus_months(month_from, 1),
        account_closing > 0, false, opening, closing, movement_type
    from balances where account_opening <= 0
    union all
    -- The months that open with what a month closed with, up to the one in which that changes
    select
        account, currency, is_first_currency, month_from, account_closing, plus_months(month_from, 1),
        if(account_closing > 0 and month_to < getvariable('forever'), plus_months(month_to, 1), month_to),
        false, account_closing > 0, closing,
        if(account_closing > 0, coalesce(next_closing, closing), closing),
        if(account_closing > 0, coalesce(next_movement_type, 'none'), 'none')
    from balances
),

cut as (
    select
        periods.* exclude (month_from, month_to), spans.* exclude (account), periods.month_to as period_to,
        if(is_start, month_from, greatest(month_from, opening_from)) as month_from,
        if(is_start, month_to, least(month_to, opening_to)) as month_to
    from periods inner join spans
        on periods.account = spans.account
        and if(is_start, closing_from, opening_from) < periods.month_to
        and if(is_start, closing_to, opening_to) > periods.month_from
)

select
    account, mrr_currency, is_first_currency, cut.month_from, cut.month_to, is_start, is_paying, opening,
    if(cut.month_to = period_to, closing, opening) as closing,
    if(cut.month_to = period_to, movement_type, 'none') as movement_type,
    accounts.billing_entity,
    coalesce(country, '(unknown)') as country,
    coalesce(region, '(unknown)') as region,
    coalesce(industry, '(unknown)') as industry,
    employee_band,
    coalesce(bands.band, '(none)') as spend_band,
    coalesce(main_items.plan_id, '(none)') as plan,
    coalesce(products.product_name, main_items.product_id, '(none)') as product,
    coalesce(main_items.currency, accounts.currency, '(none)') as currency,
    tier,
    territory
from cut
inner join accounts using (account)
left join main_items using (account, state_month)
left join products on accounts.billing_entity = products.billing_entity and main_items.product_id = products.product_id
left join metrics_seeds.segment_bands as bands
    on bands.dimension = 'spend_band' and state_mrr > 0
    and state_mrr >= bands.lower_bound and state_mrr < coalesce(bands.upper_bound, state_mrr + 1)
where cut.month_from < cut.month_to;


create temp table dimensions (mask bigint, dimension text);
insert into dimensions values
    (2047, 'all'),
    (1023, 'billing_entity'),
    (1535, 'country'),
    (1791, 'region'),
    (1919, 'industry'),
    (1983, 'employee_band'),
    (2015, 'spend_band'),
    (2031, 'plan'),
    (2039, 'product'),
    (2043, 'currency'),
    (2045, 'tier'),
    (2046, 'territory');


-- -------------------------------------------------------------------------------------------------- what the metrics are made of

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, user_id), loaded_at) as reason
    from raw.users as t
    where is_known(loaded_at) and hash(billing_entity, user_id) in (
        select hash(billing_entity, user_id) from raw.users where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'users', t.rowid, coalesce(
    repeats.reason,
    case
        when activated_at is null then 'missing activated_at'
        when deactivated_at < activated_at then 'deactivated_at before activated_at'
        when account is null then 'unknown account_id'
    end
) as why
from raw.users as t
left join repeats on t.rowid = repeats.id
left join accounts using (billing_entity, account_id)
where is_known(t.loaded_at) and why is not null;

create temp table bridge as
with events as (
    select *, month_from as month, if(is_paying, 'opening', 'opening below 0') as moved, opening as opening_change, if(is_paying and is_first_currency, 1, 0) as accounts_change, 0::decimal(18, 4) as movement, 0 as moved_accounts
    from segments where opening <> 0 or is_paying
    union all
    select *, month_to as month, if(is_paying, 'opening', 'opening below 0'), -opening, if(is_paying and is_first_currency, -1, 0), 0, 0
    from segments where opening <> 0 or is_paying
    union all
    select *, plus_months(month_to, -1) as month, movement_type, 0, 0, closing - opening, if(is_first_currency, 1, 0)
    from segments where movement_type <> 'none'
    union all
    -- What moved below 0 is none of what was paid at the opening.
    select *, plus_months(month_to, -1) as month, if(movement_type = 'expansion', 'gained below 0', 'lost below 0'), 0, 0, closing - if(is_paying, 0, opening), 0
    from segments where if(is_paying, movement_type = 'churn' and closing <> 0, movement_type in ('expansion', 'contraction'))
)

select
    month, mrr_currency, moved,
    grouping(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory) as mask,
    coalesce(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory, 'all') as dimension_value,
    sum(opening_change) as opening_change,
    sum(accounts_change) as accounts_change,
    sum(movement) as movement,
    sum(moved_accounts) as moved_accounts
from events
where month <= getvariable('this_month')
group by month, mrr_currency, moved, grouping sets (
    (), (billing_entity), (country), (region), (industry), (employee_band), (spend_band), (plan), (product), (currency), (tier), (territory)
);

create temp table recognised as
select
    month, mrr_currency,
    grouping(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory) as mask,
    coalesce(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory, 'all') as dimension_value,
    sum(recognised) as recognised,
    sum(recurring) as recurring
from (
    select revenue.month, revenue.currency as mrr_currency, recognised, recurring, billing_entity, country, region, industry, employee_band, spend_band, plan, product, s.currency, tier, territory
    from revenue inner join segments as s
        on revenue.account = s.account and is_first_currency and month >= month_from and month < month_to
)
group by month, mrr_currency, grouping sets (
    (), (billing_entity), (country), (region), (industry), (employee_band), (spend_band), (plan), (product), (currency), (tier), (territory)
);

-- Users, what is known of MRR but not yet in force, and who joined and left within a month.
create temp table account_totals as
with user_changes as (
    select account, month, sum(change) as change
    from (
        select account, unnest([month_of(activated_at), if(deactivated_at < getvariable('cutoff'), month_of(deactivated_at), null)]) as month, unnest([1, -1]) as change
        from raw.users as t inner join accounts using (billing_entity, account_id)
        where is_known(t.loaded_at) and activated_at < getvariable('cutoff') and not is_test_account
            and t.rowid not in (select id from rejected where table_name = 'users')
    )
    where month is not null
    group by all
),

users as (
    select account, month as month_from, lead(month, 1, getvariable('forever')) over own as month_to, sum(change) over (own rows unbounded preceding) as value
    from user_changes
    window own as (partition by account order by month)
),

items as (
    from item_mrr where month_from < month_to
),

known_items as (
    from items
    where cancelled_month > getvariable('this_month')
        and (account, item_id) not in (select (account, item_id) from items where follows_trial and month_from > getvariable('this_month'))
),

pending as (
    select account, currency, mrr as value, signed_month as month_from, least(month_from, cancelled_month) as month_to
    from items where signed_month < items.month_from and not follows_trial
    union all
    select account, currency, -mrr, greatest(cancelled_month, month_from), month_to
    from items where cancelled_month < month_to
    union all
    select account, currency, mrr, getvariable('this_month'), getvariable('next_month')
    from known_items
    where month_from > getvariable('this_month') and (signed_month is null or signed_month > getvariable('this_month'))
    union all
    select account, currency, -mrr, getvariable('this_month'), getvariable('next_month')
    from known_items
    where month_to > getvariable('this_month') and month_to < getvariable('forever')
),

short_stays as (
    select distinct item.account, item.month_from as month
    from item_mrr as item
    anti join segments as s
        on item.account = s.account and (is_paying or is_start) and item.month_from >= s.month_from and item.month_from < s.month_to
    where item.month_from = item.month_to and item.month_from <= getvariable('this_month') and mrr > 0
),

intervals as (
    select 'users' as measure, '(none)' as mrr_currency, * from users
    union all
    select 'opening_users', '(none)', account, plus_months(month_from, 1), plus_months(month_to, 1), value from users
    union all
    select 'pending_mrr', currency, account, month_from, month_to, value from pending
    where month_from < month_to and month_from <= getvariable('this_month')
    union all
    select 'joined_and_left_accounts', '(none)', account, month, plus_months(month, 1), 1 from short_stays
),

cut as (
    select
        measure, i.mrr_currency, value, billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory,
        greatest(i.month_from, s.month_from) as cut_from, least(i.month_to, s.month_to) as cut_to
    from intervals as i inner join segments as s
        on i.account = s.account and is_first_currency and i.month_from < s.month_to and i.month_to > s.month_from
),

edges as (
    select *, unnest([cut_from, cut_to]) as month, unnest([value, -value]) as change from cut
)

select
    measure, month, mrr_currency,
    grouping(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory) as mask,
    coalesce(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory, 'all') as dimension_value,
    sum(change) as change
from edges
where month <= getvariable('this_month')
group by measure, month, mrr_currency, grouping sets (
    (), (billing_entity), (country), (region), (industry), (employee_band), (spend_band), (plan), (product), (currency), (tier), (territory)
);

-- What an account paid twelve months ago beside what it pays now, interval against interval. Over one month the bridge says it.
create temp table retention as
with pairs as (
    select
        s.account, mrr_currency, s.is_first_currency, billing_entity, country, region, industry, employee_band, spend_band, plan, product, s.currency, tier, territory,
        opening as then_mrr, greatest(b.closing, 0) as now_mrr, b.closing as signed_now,
        greatest(plus_months(s.month_from, 11), b.month_from) as pair_from,
        least(plus_months(s.month_to, 11), b.month_to) as pair_to
    from (from segments where is_paying and plus_months(month_from, 11) <= getvariable('this_month')) as s
    inner join (select account, currency as balance_currency, month_from, month_to, closing from balances) as b
        on s.account = b.account and mrr_currency = balance_currency
        and plus_months(s.month_to, 11) > b.month_from and plus_months(s.month_from, 11) < b.month_to
),

several as (
    select distinct account from pairs where not is_first_currency
),

-- An account with several currencies is compared as a whole, at the rates of the window's end.
whole as (
    select
        p.* exclude (then_mrr, now_mrr),
        months.month,
        sum(valued(then_mrr, rate)) over (partition by account, months.month) as then_mrr,
        greatest(sum(valued(signed_now, rate)) over (partition by account, months.month), 0) as now_mrr
    from (from pairs semi join several using (account)) as p
    inner join months on months.month >= pair_from and months.month < pair_to
    inner join rates on p.mrr_currency = rates.currency and months.month = rates.month
),

compared as (
    select mrr_currency, billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory, then_mrr::decimal(38, 12) as then_mrr, now_mrr::decimal(38, 12) as now_mrr, pair_from, pair_to
    from pairs anti join several using (account)
    where pair_from < pair_to
    union all
    select 'USD', billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory, then_mrr, now_mrr, month, plus_months(month, 1)
    from whole
    where is_first_currency
),

edges as (
    select *, unnest([pair_from, pair_to]) as month, unnest([1, -1]) as direction from compared
)

select
    month, mrr_currency,
    grouping(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory) as mask,
    coalesce(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory, 'all') as dimension_value,
    sum(direction * then_mrr) as then_mrr,
    sum(direction * now_mrr) as now_mrr,
    sum(direction * least(then_mrr, now_mrr)) as kept_mrr,
    sum(direction) as accounts_then
from edges
where month <= getvariable('this_month')
group by month, mrr_currency, grouping sets (
    (), (billing_entity), (country), (region), (industry), (employee_band), (spend_band), (plan), (product), (currency), (tier), (territory)
);


insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, cost_id), loaded_at) as reason
    from raw.revenue_costs as t
    where is_known(loaded_at) and cost_id is not null and hash(billing_entity, cost_id) in (
        select hash(billing_entity, cost_id) from raw.revenue_costs where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'revenue_costs', t.rowid, coalesce(
    repeats.reason,
    case
        when amount is null then 'missing amount'
        when rate_spans.currency is null and known_currencies.currency is null then 'unknown currency'
        when rate_spans.currency is null then 'missing exchange rate'
    end
) as why
from raw.revenue_costs as t
left join repeats on t.rowid = repeats.id
left join rate_spans
    on t.currency = rate_spans.currency
    and rate_spans.month_from <= least(month_of(cost_date), getvariable('this_month'))
    and rate_spans.month_to > least(coalesce(month_of(cost_date), getvariable('this_month')), getvariable('this_month'))
left join known_currencies on t.currency = known_currencies.currency
where is_known(t.loaded_at) and why is not null;


-- ------------------------------------------------------------------------------------------------------------------ the metrics
create temp table monthly as
with changes as (
    select moved as measure, mrr_currency, mask, dimension_value, month, opening_change::decimal(38, 12) as change from bridge where starts_with(moved, 'opening')
    union all
    select 'opening_accounts', mrr_currency, mask, dimension_value, month, accounts_change::decimal(38, 12) from bridge where moved = 'opening'
    union all
    select measure, mrr_currency, mask, dimension_value, month, change::decimal(38, 12) from account_totals
    union all
    select
        unnest(['then_12m', 'now_12m', 'kept_12m', 'accounts_then_12m']), mrr_currency, mask, dimension_value, month,
        unnest([then_mrr, now_mrr, kept_mrr, accounts_then::decimal(38, 12)])
    from retention
),

-- Running sums of the changes in every month from the first one on.
balances as (
    select
        series.* exclude (first_month), months.month,
        sum(coalesce(change, 0)) over (partition by measure, mrr_currency, mask, dimension_value order by months.month rows unbounded preceding)::decimal(38, 12) as balance
    from (select measure, mrr_currency, mask, dimension_value, min(month) as first_month from changes group by all) as series
    inner join months on first_month <= month
    left join changes using (measure, mrr_currency, mask, dimension_value, month)
),

priced_rates as (
    select currency as mrr_currency, month, rate, lag(rate, 1, rate) over (partition by currency order by month) as previous_rate
    from rates
    union all
    select '(none)', month, 1, 1 from months
),

stocks as (
    select
        month, mask, dimension_value,
        sum(valued(balance, previous_rate)) filter (measure in ('opening', 'opening below 0')) as opening_mrr,
        sum(valued(balance, rate)) filter (measure in ('opening', 'opening below 0')) as revalued_mrr,
        sum(valued(balance, rate)) filter (measure = 'opening') as then_1m,
        sum(balance) filter (measure = 'opening_accounts') as opening_accounts,
        sum(balance) filter (measure = 'users') as users,
        sum(balance) filter (measure = 'opening_users') as opening_users,
        sum(balance) filter (measure = 'joined_and_left_accounts') as joined_and_left_accounts,
        sum(valued(balance, rate)) filter (measure = 'pending_mrr') as pending_mrr,
        sum(if(rate = 1, balance, valued(balance, rate))) filter (measure = 'then_12m') as then_12m,
        sum(if(rate = 1, balance, valued(balance, rate))) filter (measure = 'now_12m') as now_12m,
        sum(if(rate = 1, balance, valued(balance, rate))) filter (measure = 'kept_12m') as kept_12m,
        sum(balance) filter (measure = 'accounts_then_12m') as accounts_then_12m
    from balances inner join priced_rates using (mrr_currency, month)
    group by all
),

movements as (
    select
        month, mask, dimension_value,
        sum(valued(movement, rate)) filter (moved = 'new') as new_mrr,
        sum(moved_accounts) filter (moved = 'new') as new_accounts,
        sum(valued(movement, rate)) filter (moved = 'reactivation') as reactivation_mrr,
        sum(moved_accounts) filter (moved = 'reactivation') as reactivation_accounts,
        sum(valued(movement, rate)) filter (moved = 'expansion') as expansion_mrr,
        sum(moved_accounts) filter (moved = 'expansion') as expansion_accounts,
        -sum(valued(movement, rate)) filter (moved = 'contraction') as contraction_mrr,
        sum(moved_accounts) filter (moved = 'contraction') as contraction_accounts,
        -sum(valued(movement, rate)) filter (moved = 'churn') as churn_mrr,
        sum(moved_accounts) filter (moved = 'churn') as churn_accounts,
        sum(valued(movement, rate)) filter (moved = 'gained below 0') as gained_below_0,
        -sum(valued(movement, rate)) filter (moved = 'lost below 0') as lost_below_0
    from bridge inner join priced_rates using (mrr_currency, month)
    where not starts_with(moved, 'opening')
    group by all
),

revenue as (
    select
        month, mask, dimension_value,
        sum(valued(recognised, rate)) as recognised_revenue,
        sum(valued(recurring, rate)) as recurring_revenue
    from recognised inner join priced_rates using (mrr_currency, month)
    group by all
),

costs as (
    select month_of(cost_date) as month, t.billing_entity, sum(valued(amount, rate)) as cost
    from raw.revenue_costs as t
    inner join rates on t.currency = rates.currency and month_of(cost_date) = rates.month
    where revenue_stream = 'recurring' and cost_date < getvariable('cutoff') and is_known(loaded_at)
        and t.rowid not in (select id from rejected where table_name = 'revenue_costs')
    group by all
),

entity_costs as (
    select month, 2047 as mask, 'all' as dimension_value, sum(cost) as recurring_cost from costs group by month
    union all
    select month, 1023, billing_entity, sum(cost) from costs where billing_entity is not null group by all
),

margins as (
    select entity_costs.*, ratio(recurring_revenue - recurring_cost, recurring_revenue) as gross_margin
    from entity_costs left join revenue using (month, mask, dimension_value)
),

joined as (
    select
        month, dimension, dimension_value, is_provisional, mask,
        coalesce(opening_mrr, 0) as opening_mrr,
        coalesce(revalued_mrr, 0) as revalued_mrr,
        coalesce(opening_accounts, 0) as opening_accounts,
        coalesce(users, 0) as users,
        coalesce(opening_users, 0) as opening_users,
        coalesce(joined_and_left_accounts, 0) as joined_and_left_accounts,
        coalesce(pending_mrr, 0) as pending_mrr,
        coalesce(then_1m, 0) as then_1m,
        coalesce(then_12m, 0) as then_12m,
        coalesce(now_12m, 0) as now_12m,
        coalesce(kept_12m, 0) as kept_12m,
        coalesce(accounts_then_12m, 0) as accounts_then_12m,
        coalesce(new_mrr, 0) as new_mrr,
        coalesce(new_accounts, 0) as new_accounts,
        coalesce(reactivation_mrr, 0) as reactivation_mrr,
        coalesce(reactivation_accounts, 0) as reactivation_accounts,
        coalesce(expansion_mrr, 0) as expansion_mrr,
        coalesce(expansion_accounts, 0) as expansion_accounts,
        coalesce(contraction_mrr, 0) as contraction_mrr,
        coalesce(contraction_accounts, 0) as contraction_accounts,
        coalesce(churn_mrr, 0) as churn_mrr,
        coalesce(churn_accounts, 0) as churn_accounts,
        coalesce(gained_below_0, 0) as gained_below_0,
        coalesce(lost_below_0, 0) as lost_below_0,
        coalesce(recognised_revenue, 0) as recognised_revenue,
        coalesce(recurring_revenue, 0) as recurring_revenue,
        own.recurring_cost,
        if(mask in (2047, 1023), own.gross_margin, company.gross_margin) as gross_margin
    from stocks
    full join movements using (month, mask, dimension_value)
    full join revenue using (month, mask, dimension_value)
    inner join dimensions using (mask)
    inner join months using (month)
    left join margins as own using (month, mask, dimension_value)
    left join (select month, gross_margin from margins where mask = 2047) as company using (month)
),

closed as (
    select
        *,
        revalued_mrr - opening_mrr as fx_mrr,
        revalued_mrr + new_mrr + reactivation_mrr + expansion_mrr - contraction_mrr - churn_mrr as closing_mrr,
        opening_accounts + new_accounts + reactivation_accounts - churn_accounts as closing_accounts,
        expansion_mrr - gained_below_0 as gained_1m,
        contraction_mrr + churn_mrr - lost_below_0 as lost_1m,
        sum(churn_accounts) over three as churn_accounts_3m,
        sum(opening_accounts) over three as opening_accounts_3m
    from joined
    window three as (partition by mask, dimension_value order by month rows between 2 preceding and current row)
)

select *, ((quotient(closing_mrr, closing_accounts, 1000000000000)::decimal(38, 0) * 0.000000000001)::decimal(38, 12) * gross_margin)::decimal(38, 12) as margin_per_account
from closed;

create or replace temp macro total(metric, unit, n) as
    {metric: metric, unit: unit, n: n::decimal(28, 6), d: null::decimal(28, 6), sample: null::bigint, is_ratio: false};
create or replace temp macro rate(metric, unit, n, d, sample) as
    {metric: metric, unit: unit, n: n::decimal(28, 6), d: d::decimal(28, 6), sample: sample::bigint, is_ratio: true};

create table by_hand.monthly_metrics as
with metrics as (
    select month, dimension, dimension_value, is_provisional, unnest([
        total('mrr', 'USD', closing_mrr),
        total('arr', 'USD', closing_mrr * 12),
        total('committed_mrr', 'USD', closing_mrr + pending_mrr),
        total('opening_mrr', 'USD', opening_mrr),
        total('new_mrr', 'USD', new_mrr),
        total('reactivation_mrr', 'USD', reactivation_mrr),
        total('expansion_mrr', 'USD', expansion_mrr),
        total('contraction_mrr', 'USD', contraction_mrr),
        total('churned_mrr', 'USD', churn_mrr),
        total('fx_mrr', 'USD', fx_mrr),
        total('net_new_mrr', 'USD', new_mrr + reactivation_mrr + expansion_mrr - contraction_mrr - churn_mrr),
        total('recognised_revenue', 'USD', recognised_revenue),
        total('recurring_revenue', 'USD', recurring_revenue),
        total('non_recurring_revenue', 'USD', recognised_revenue - recurring_revenue),
        total('accounts', 'count', closing_accounts),
        total('opening_accounts', 'count', opening_accounts),
        total('new_accounts', 'count', new_accounts),
        total('reactivated_accounts', 'count', reactivation_accounts),
        total('churned_accounts', 'count', churn_accounts),
        total('joined_and_left_accounts', 'count', joined_and_left_accounts),
        total('users', 'count', users),
        total('average_users', 'count', (opening_users + users) * 0.5),
        rate('arpa', 'USD', closing_mrr, closing_accounts, closing_accounts),
        rate('arpa_new', 'USD', new_mrr, new_accounts, new_accounts),
        rate('arpu', 'USD', recognised_revenue, (opening_users + users) * 0.5, users),
        rate('arpc', 'USD', recognised_revenue, closing_accounts, closing_accounts),
        rate('customer_churn_rate', 'ratio', churn_accounts, opening_accounts, opening_accounts),
        rate('gross_mrr_churn_rate', 'ratio', lost_1m, then_1m, opening_accounts),
        rate('net_mrr_churn_rate', 'ratio', lost_1m - gained_1m, then_1m, opening_accounts),
        rate('nrr_1m', 'ratio', then_1m + gained_1m - lost_1m, then_1m, opening_accounts),
        rate('grr_1m', 'ratio', then_1m - lost_1m, then_1m, opening_accounts),
        rate('nrr_12m', 'ratio', now_12m, then_12m, accounts_then_12m),
        rate('grr_12m', 'ratio', kept_12m, then_12m, accounts_then_12m),
        total('net_dollar_retention_difference', 'USD', now_12m - then_12m),
        rate('quick_ratio', 'ratio', new_mrr + reactivation_mrr + expansion_mrr, churn_mrr + contraction_mrr, opening_accounts),
        if(recurring_cost is not null, rate('gross_margin', 'ratio', recurring_revenue - recurring_cost, recurring_revenue, null), null),
        if(margin_per_account is not null, rate('ltv', 'USD', margin_per_account * opening_accounts_3m, churn_accounts_3m, opening_accounts), null)
    ]) as m
    from monthly
    where dimension = 'all' or opening_mrr <> 0 or closing_mrr <> 0 or recognised_revenue <> 0 or users <> 0
        or opening_users <> 0 or joined_and_left_accounts <> 0 or pending_mrr <> 0 or then_1m <> 0 or then_12m <> 0
)

select
    'standard' as policy, month, m.metric, dimension, dimension_value, m.n as numerator, m.d as denominator,
    if(m.is_ratio, ratio(m.n, m.d), m.n)::decimal(28, 8) as value,
    m.unit, m.sample as sample_size, coalesce(m.sample < 30, false) as is_small_sample, is_provisional
from metrics
where m is not null;


create table by_hand.cohort_retention as
with starts as (
    from segments where is_start and is_first_currency and movement_type = 'new'
),

changes as (
    select
        cohort_month, month,
        grouping(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory) as mask,
        coalesce(billing_entity, country, region, industry, employee_band, spend_band, plan, product, currency, tier, territory, 'all') as dimension_value,
        sum(mrr) as mrr,
        sum(accounts) as accounts
    from (
        select
            s.month_from as cohort_month, b.month_from as month, billing_entity, country, region, industry, employee_band, spend_band, plan, product, s.currency, tier, territory,
            valued(b.closing - b.opening, coalesce(rates.rate, b.rate)) as mrr,
            case
                when not b.is_first_currency then 0
                when account_opening <= 0 and account_closing > 0 then 1
                when account_opening > 0 and account_closing <= 0 then -1
                else 0
            end as accounts
        from starts as s
        inner join balances as b using (account)
        left join rates on b.currency = rates.currency and s.month_from = rates.month
    )
    group by cohort_month, month, grouping sets (
        (), (billing_entity), (country), (region), (industry), (employee_band), (spend_band), (plan), (product), (currency), (tier), (territory)
    )
),

running as (
    select
        series.* exclude (first_month), months.month, is_provisional,
        sum(coalesce(mrr, 0)) over own::decimal(38, 12) as mrr,
        sum(coalesce(accounts, 0)) over own as accounts
    from (select cohort_month, mask, dimension_value, min(month) as first_month from changes group by all) as series
    inner join months on first_month <= month
    left join changes using (cohort_month, mask, dimension_value, month)
    window own as (partition by cohort_month, mask, dimension_value order by months.month rows unbounded preceding)
),

started as (
    select *, first_value(accounts) over own as accounts_at_start, first_value(mrr) over own as mrr_at_start
    from running
    where month >= cohort_month and not is_provisional
    window own as (partition by cohort_month, mask, dimension_value order by month)
)

select
    'standard' as policy, dimension, dimension_value, cohort_month,
    datediff('month', cohort_month, month) as months_since_start,
    accounts_at_start::bigint as accounts_at_start, accounts::bigint as accounts, ratio(accounts, accounts_at_start) as account_retention_rate,
    mrr_at_start::decimal(28, 6) as mrr_at_start, mrr::decimal(28, 6) as mrr, ratio(mrr, mrr_at_start) as mrr_retention_rate
from started inner join dimensions using (mask);


-- --------------------------------------------------------------------------------------------------------------- dimensions
create table by_hand.dim_accounts as
with recursive line as (
    select account, billing_entity, account_id, account_id as top_account_id, parent_account_id, 0 as generation
    from accounts where not is_test_account and parent_account_id is not null
    union all
    select line.account, line.billing_entity, line.account_id, parent.account_id, parent.parent_account_id, generation + 1
    from line inner join accounts as parent
        on line.billing_entity = parent.billing_entity and line.parent_account_id = parent.account_id
    where generation < 5 and not parent.is_test_account
),

tops as (
    select account, if(bool_or(generation > 0 and top_account_id = account_id), any_value(account_id), arg_max(top_account_id, generation)) as top_account_id
    from line group by account
)

select
    billing_entity, account_id, account_name, parent_account_id, coalesce(top_account_id, account_id) as top_account_id,
    country, region, industry, employee_count, if(is_test_account, '(unknown)', employee_band) as employee_band, currency as billing_currency, created_at,
    is_test_account as is_test, coalesce(is_deleted, false) as is_deleted, coalesce(source_system, 'native') as source_system
from accounts left join tops using (account);

create table by_hand.dim_products as
select billing_entity, product_id, product_name, product_family, charge_class, is_recurring, coalesce(source_system, 'native') as source_system
from products;



-- ------------------------------------------------------------------------------------------------------------- what was rejected

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, response_id), loaded_at) as reason
    from raw.survey_responses as t
    where is_known(loaded_at) and hash(billing_entity, response_id) in (
        select hash(billing_entity, response_id) from raw.survey_responses where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'survey_responses', t.rowid, coalesce(
    repeats.reason,
    case
        when responded_at is null then 'missing responded_at'
        when survey_type not in ('relationship', 'transactional', 'csat') then 'invalid survey_type'
        when scale_max <= scale_min then 'invalid scale_max'
        when score < scale_min or score > scale_max then 'invalid score'
    end
) as why
from raw.survey_responses as t
left join repeats on t.rowid = repeats.id
where is_known(t.loaded_at) and why is not null;

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, invitation_id), loaded_at) as reason
    from raw.survey_invitations as t
    where is_known(loaded_at) and hash(billing_entity, invitation_id) in (
        select hash(billing_entity, invitation_id) from raw.survey_invitations where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'survey_invitations', t.rowid, coalesce(
    repeats.reason,
    case
        when delivered_at is null then 'missing delivered_at'
    end
) as why
from raw.survey_invitations as t
left join repeats on t.rowid = repeats.id
where is_known(t.loaded_at) and why is not null;

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (csm_id, valid_from), loaded_at) as reason
    from raw.csms as t
    where is_known(loaded_at) and hash(csm_id, valid_from) in (
        select hash(csm_id, valid_from) from raw.csms where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'csms', t.rowid, coalesce(
    repeats.reason,
    case
        when fte < 0 or fte > 100 then 'invalid fte'
        when valid_to < valid_from then 'valid_to before valid_from'
    end
) as why
from raw.csms as t
left join repeats on t.rowid = repeats.id
where is_known(t.loaded_at) and why is not null;

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, account_id, csm_id, valid_from), loaded_at) as reason
    from raw.csm_assignments as t
    where is_known(loaded_at) and hash(billing_entity, account_id, csm_id, valid_from) in (
        select hash(billing_entity, account_id, csm_id, valid_from) from raw.csm_assignments where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'csm_assignments', t.rowid, coalesce(
    repeats.reason,
    case
        when share <= 0 or share > 1 then 'invalid share'
        when valid_to < valid_from then 'valid_to before valid_from'
        when account is null then 'unknown account_id'
        when t.csm_id not in (select csm_id from raw.csms where rowid not in (select id from rejected where table_name = 'csms')) then 'unknown csm_id'
    end
) as why
from raw.csm_assignments as t
left join repeats on t.rowid = repeats.id
left join accounts using (billing_entity, account_id)
where is_known(t.loaded_at) and why is not null;

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (usage_date, billing_entity, account_id, user_id, feature), loaded_at) as reason
    from raw.usage_events as t
    where is_known(loaded_at) and hash(usage_date, billing_entity, account_id, user_id, feature) in (
        select hash(usage_date, billing_entity, account_id, user_id, feature) from raw.usage_events where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'usage_events', t.rowid, coalesce(
    repeats.reason,
    case
        when usage_date is null then 'missing usage_date'
        when event_count < 0 then 'invalid event_count'
        when minutes < 0 or minutes > 24 * 60 then 'invalid minutes'
        when account is null then 'unknown account_id'
        when users.user_id is null then 'unknown user_id'
    end
) as why
from raw.usage_events as t
left join repeats on t.rowid = repeats.id
left join accounts using (billing_entity, account_id)
left join (
    select billing_entity, user_id from raw.users
    where is_known(loaded_at) and rowid not in (select id from rejected where table_name = 'users')
) as users using (billing_entity, user_id)
where is_known(t.loaded_at) and why is not null;

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, ticket_id), loaded_at) as reason
    from raw.support_tickets as t
    where is_known(loaded_at) and hash(billing_entity, ticket_id) in (
        select hash(billing_entity, ticket_id) from raw.support_tickets where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'support_tickets', t.rowid, coalesce(
    repeats.reason,
    case
        when opened_at is null then 'missing opened_at'
        when priority not in ('low', 'normal', 'high', 'urgent') then 'invalid priority'
        when satisfaction_score < 1 or satisfaction_score > 5 then 'invalid satisfaction_score'
        when closed_at < opened_at then 'closed_at before opened_at'
        when account is null then 'unknown account_id'
    end
) as why
from raw.support_tickets as t
left join repeats on t.rowid = repeats.id
left join accounts using (billing_entity, account_id)
where is_known(t.loaded_at) and why is not null;

insert into rejected
with repeats as (
    select t.rowid as id, repeat_reason(t, (billing_entity, cost_id), loaded_at) as reason
    from raw.acquisition_costs as t
    where is_known(loaded_at) and cost_id is not null and hash(billing_entity, cost_id) in (
        select hash(billing_entity, cost_id) from raw.acquisition_costs where is_known(loaded_at) group by all having count(*) > 1
    )
)
select 'acquisition_costs', t.rowid, coalesce(
    repeats.reason,
    case
        when amount is null then 'missing amount'
        when category not in ('sales', 'marketing') then 'invalid category'
        when rate_spans.currency is null and known_currencies.currency is null then 'unknown currency'
        when rate_spans.currency is null then 'missing exchange rate'
    end
) as why
from raw.acquisition_costs as t
left join repeats on t.rowid = repeats.id
left join rate_spans
    on t.currency = rate_spans.currency
    and rate_spans.month_from <= least(month_of(cost_date), getvariable('this_month'))
    and rate_spans.month_to > least(coalesce(month_of(cost_date), getvariable('this_month')), getvariable('this_month'))
left join known_currencies on t.currency = known_currencies.currency
where is_known(t.loaded_at) and why is not null;

create table by_hand.rejected_rows as
with rows_of as (
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'account_id=' || coalesce(account_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.accounts as t on table_name = 'accounts' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'product_id=' || coalesce(product_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.products as t on table_name = 'products' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'subscription_id=' || coalesce(subscription_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.subscriptions as t on table_name = 'subscriptions' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'subscription_id=' || coalesce(subscription_id::text, '') || ', paused_at=' || coalesce(paused_at::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.subscription_pauses as t on table_name = 'subscription_pauses' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'item_id=' || coalesce(item_id::text, '') || ', valid_from=' || coalesce(valid_from::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.subscription_items as t on table_name = 'subscription_items' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'discount_id=' || coalesce(discount_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.discounts as t on table_name = 'discounts' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'invoice_id=' || coalesce(invoice_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.invoices as t on table_name = 'invoices' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'invoice_line_id=' || coalesce(invoice_line_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.invoice_lines as t on table_name = 'invoice_lines' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, null as billing_entity, table_name, 'rate_date=' || coalesce(rate_date::text, '') || ', from_currency=' || coalesce(from_currency::text, '') || ', to_currency=' || coalesce(to_currency::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.exchange_rates as t on table_name = 'exchange_rates' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'response_id=' || coalesce(response_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.survey_responses as t on table_name = 'survey_responses' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'invitation_id=' || coalesce(invitation_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.survey_invitations as t on table_name = 'survey_invitations' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, null as billing_entity, table_name, 'csm_id=' || coalesce(csm_id::text, '') || ', valid_from=' || coalesce(valid_from::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.csms as t on table_name = 'csms' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'account_id=' || coalesce(account_id::text, '') || ', csm_id=' || coalesce(csm_id::text, '') || ', valid_from=' || coalesce(valid_from::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.csm_assignments as t on table_name = 'csm_assignments' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'account_id=' || coalesce(account_id::text, '') || ', segment_name=' || coalesce(segment_name::text, '') || ', valid_from=' || coalesce(valid_from::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.account_segments as t on table_name = 'account_segments' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'user_id=' || coalesce(user_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.users as t on table_name = 'users' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'usage_date=' || coalesce(usage_date::text, '') || ', account_id=' || coalesce(account_id::text, '') || ', user_id=' || coalesce(user_id::text, '') || ', feature=' || coalesce(feature::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.usage_events as t on table_name = 'usage_events' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'ticket_id=' || coalesce(ticket_id::text, '') as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.support_tickets as t on table_name = 'support_tickets' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'cost_id=' || cost_id as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.acquisition_costs as t on table_name = 'acquisition_costs' and id = t.rowid
    union all
    select coalesce(source_system, 'native') as source_system, billing_entity as billing_entity, table_name, 'cost_id=' || cost_id as row_key, reason, to_json(t)::text as row_json
    from rejected inner join raw.revenue_costs as t on table_name = 'revenue_costs' and id = t.rowid
)

select *, row_number() over (partition by source_system, billing_entity, table_name, row_key order by reason, row_json) as copy_number
from rows_of;
