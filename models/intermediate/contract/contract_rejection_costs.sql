-- A row of a share of rows may be an account of ten thousand, so that items are judged by accounts and MRR too.
with nothing_to_mend as (
    select reason
    from {{ ref('data_quality_thresholds') }}
    where measure = 'rejected_share'
        and reason <> '*'
        and warn_above is null
        and fail_above is null
),

accounts_of_subscriptions as (
    select billing_entity, subscription_id, min(account_id) as account_id
    from {{ ref('checked_subscriptions') }}
    group by billing_entity, subscription_id
),

rates as (
    select currency, rate
    from {{ ref('contract_last_rates') }}
    where month = {{ as_of_month() }}
    union all
    select {{ as_text_literal(var('reporting_currency')) }} as currency, 1 as rate
),

-- An item whose subscription isn't known is an account of its own. For a share, an amount by months of 30 days will do; what
-- can't be an amount is none.
items as (
    select
        items.source_system,
        items.billing_entity,
        coalesce(subscriptions.account_id, items.subscription_id, '') as account_id,
        items.rejection_reason is not null as is_rejected,
        case when coalesce(items.rejection_reason, '') not like 'invalid %' then
            abs(cast(items.unit_amount as {{ type_of('float') }}) * items.quantity) * rates.rate / nullif(
                {{ months_in_interval('items.interval_unit', 'items.interval_count') }}
                * case items.interval_unit when 'day' then 1.0 / 30 when 'week' then 7.0 / 30 else 1 end, 0
            )
        end as monthly_amount
    from {{ ref('checked_subscription_items') }} as items
    left join accounts_of_subscriptions as subscriptions
        on items.billing_entity = subscriptions.billing_entity
        and items.subscription_id = subscriptions.subscription_id
    left join rates on items.currency = rates.currency
    where coalesce(items.interval_unit, '') <> 'once'
        and (items.rejection_reason is null or items.rejection_reason not in (select reason from nothing_to_mend))
),

of_accounts as (
    select
        source_system,
        billing_entity,
        account_id,
        min({{ as_flag('is_rejected') }}) as is_lost,
        sum(case when is_rejected then monthly_amount end) as rejected_amount,
        sum(monthly_amount) as amount
    from items
    group by source_system, billing_entity, account_id
),

totals as (
    select
        source_system,
        sum(is_lost) as lost_accounts,
        count(*) as accounts,
        coalesce(sum(rejected_amount), 0) as rejected_amount,
        sum(amount) as amount
    from of_accounts
    group by source_system
)

select
    'lost_accounts' as measure,
    source_system,
    lost_accounts,
    cast({{ safe_ratio('lost_accounts', 'accounts') }} as {{ type_of('value') }}) as share
from totals
union all
select
    'lost_mrr' as measure,
    source_system,
    lost_accounts,
    cast(cast(rejected_amount / amount as {{ type_of('ratio') }}) as {{ type_of('value') }}) as share
from totals
where amount > 0
