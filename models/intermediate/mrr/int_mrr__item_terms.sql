{{ built_by_account() }}

with items as (
    select * from {{ ref('contract_subscription_items') }}
),

subscriptions as (
    select * from {{ ref('contract_subscriptions') }}
    where status <> 'incomplete'
),

rules as (
    {{ charge_rules_of('contract_subscription_items') }}
),

accounts as (
    select billing_entity, account_id from {{ ref('int_accounts__attributes') }} as attributes
    where {{ is_changed('attributes') }}
),

recurring_items as (
    select items.*, classes.revenue_class
    from items
    left join {{ ref('contract_products') }} as products
        on items.billing_entity = products.billing_entity
        and items.product_id = products.product_id
    left join rules
        on items.charge_type = rules.charge_type
    inner join {{ ref('revenue_classes') }} as classes
        on coalesce(products.charge_class, rules.revenue_class) = classes.revenue_class
    where classes.is_recurring
        and items.interval_unit <> 'once'
),

-- An item's terms stand while its subscription's service lasts.
in_service as (
    select
        items.*,
        subscriptions.account_id,
        subscriptions.started_at,
        subscriptions.signed_at,
        subscriptions.cancel_requested_at,
        subscriptions.trial_from,
        coalesce(subscriptions.trial_to, cast({{ end_of_time() }} as timestamp)) as trial_to,
        greatest(items.valid_from, subscriptions.started_at) as service_from,
        least(
            coalesce(items.valid_to, cast({{ end_of_time() }} as timestamp)),
            coalesce(subscriptions.service_ended_at, cast({{ end_of_time() }} as timestamp))
        ) as paid_to
    from recurring_items as items
    inner join subscriptions
        on items.billing_entity = subscriptions.billing_entity
        and items.subscription_id = subscriptions.subscription_id
    inner join accounts
        on subscriptions.billing_entity = accounts.billing_entity
        and subscriptions.account_id = accounts.account_id
),

-- What begins in a trial is paid for from the trial's end on.
paid as (
    select
        *,
        service_from >= trial_from and service_from < trial_to as follows_trial,
        case
            when service_from >= trial_from and service_from < trial_to then trial_to
            else service_from
        end as paid_from
    from in_service
),

final as (
    select
        billing_entity,
        account_id,
        subscription_id,
        item_id,
        valid_from,
        product_id,
        revenue_class,
        coalesce(plan_id, product_id) as plan_id,
        currency,
        interval_unit,
        interval_count,
        quantity,
        {{ price_of_quantity('unit_amount', 'quantity') }} as period_amount,
        coalesce(follows_trial, false) as follows_trial,
        case
            when paid_from <= {{ history_start('billing_entity') }}
                then {{ add_months(month_of(history_start('billing_entity')), -1) }}
            when paid_from < {{ as_of_cutoff() }} then {{ month_of('paid_from') }}
            else greatest({{ month_of('paid_from') }}, {{ month_after_as_of() }})
        end as month_from,
        case
            when paid_to < {{ as_of_cutoff() }} then {{ month_of('paid_to') }}
            else greatest({{ month_of('paid_to') }}, {{ month_after_as_of() }})
        end as month_to,
        -- Known before it took effect: the order, and the cancellation.
        case
            when signed_at < started_at and valid_from <= started_at then {{ month_of('signed_at') }}
        end as signed_month,
        case
            when cancel_requested_at < {{ as_of_cutoff() }} then {{ month_of('cancel_requested_at') }}
            else {{ end_of_time() }}
        end as cancelled_month
    from paid
    where paid_from < paid_to
        and (paid_to > {{ history_start('billing_entity') }} or {{ history_start('billing_entity') }} is null)
)

select * from final
