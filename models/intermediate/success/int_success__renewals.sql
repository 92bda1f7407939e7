{%- set item = ['billing_entity', 'item_id'] -%}
with terms as (
    select
        *,
        lead(valid_from) over (partition by billing_entity, item_id order by valid_from) as next_valid_from
    from {{ ref('contract_subscription_items') }}
),

subscriptions as (
    select
        *,
        coalesce(billing_anchor_at, case when trial_from <= started_at then trial_to end, started_at) as anchor_at
    from {{ ref('contract_subscriptions') }}
),

-- An account that has asked to cancel renews nothing; nor is there anything to renew in a trial or a pause.
paid_items as (
    select distinct policy, billing_entity, account_id, item_id
    from {{ ref('int_mrr__item_mrr') }}
    where month_from <= {{ as_of_month() }}
        and month_to > {{ as_of_month() }}
        and cancelled_month > {{ as_of_month() }}
),

-- Terms that end without others after them are to be renewed then, all others with their billing period.
in_force as (
    select
        paid_items.policy,
        paid_items.billing_entity,
        paid_items.account_id,
        subscriptions.anchor_at,
        terms.valid_from,
        case when terms.next_valid_from is null then terms.valid_to end as terms_end_at,
        case
            when terms.interval_unit in ('month', 'quarter', 'year')
                then {{ months_in_interval('terms.interval_unit', 'terms.interval_count') }}
        end as period_months,
        case terms.interval_unit
            when 'week' then 7 * terms.interval_count
            when 'day' then terms.interval_count
        end as period_days
    from paid_items
    inner join terms
        on {{ same('paid_items', 'terms', item) }}
    inner join subscriptions
        on terms.billing_entity = subscriptions.billing_entity
        and terms.subscription_id = subscriptions.subscription_id
    where terms.valid_from < {{ as_of_cutoff() }}
        and coalesce(terms.valid_to >= {{ as_of_cutoff() }}, true)
        and subscriptions.service_ended_at is null
        and subscriptions.status <> 'cancelled'
),

-- Whole periods from the anchor to the as-of date.
floored as (
    select
        *,
        case
            when anchor_at >= {{ as_of_cutoff() }} then 0
            when period_months is not null
                then floor(({{ month_number(as_of_month()) }} - {{ month_number('anchor_at') }}) / period_months)
            else floor({{ days_between('anchor_at', as_of_cutoff()) }} / period_days)
        end as periods_exact
    from in_force
),

counted as (
    select
        *,
        cast(periods_exact as {{ type_of('integer') }}) as periods
    from floored
),

boundaries as (
    select
        *,
        case
            when period_months is not null
                then {{ instant_after('month', 'periods * period_months', 'anchor_at') }}
            else {{ instant_after('day', 'periods * period_days', 'anchor_at') }}
        end as boundary_0,
        case
            when period_months is not null
                then {{ instant_after('month', '(periods + 1) * period_months', 'anchor_at') }}
            else {{ instant_after('day', '(periods + 1) * period_days', 'anchor_at') }}
        end as boundary_1
    from counted
),

-- Terms of less than a quarter aren't worth a renewal of their own: they go on from month to month.
renewals as (
    select
        policy,
        billing_entity,
        account_id,
        case
            when terms_end_at >= {{ instant_after('month', 3, 'valid_from') }} then terms_end_at
            when terms_end_at is null and (period_months >= 3 or period_days >= 90)
                then case when boundary_0 >= {{ as_of_cutoff() }} then boundary_0 else boundary_1 end
        end as renews_at
    from boundaries
),

final as (
    select policy, billing_entity, account_id, cast(min(renews_at) as date) as renews_on
    from renewals
    where renews_at is not null
    group by policy, billing_entity, account_id
)

select * from final
