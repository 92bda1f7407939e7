with {{ identified_rows('subscription_items') }},

subscriptions as (
    select * from {{ ref('contract_subscriptions') }}
),

open_pauses as (
    select distinct billing_entity, subscription_id
    from {{ ref('contract_subscription_pauses') }}
    where resumed_at is null or resumed_at >= {{ as_of_cutoff() }}
),

products as (
    select billing_entity, product_id, charge_class from {{ ref('contract_products') }}
),

known_currencies as (
    {{ known_currencies() }}
),

found as (
    select
        identified.*,
        subscriptions.status = 'cancelled' and subscriptions.service_ended_at is null as has_no_end,
        classes.is_recurring and identified.interval_unit <> 'once' as is_recurring,
        case
            {{ common_reasons('subscription_items', 'identified') }}
            {{ word_reason('subscription_items', 'identified') }}
            when identified.interval_count is null then 'missing interval_count'
            -- A charge that is due once has no period to count.
            when
                identified.interval_unit <> 'once'
                and (
                    identified.interval_count < 1
                    or identified.interval_count > {{ largest_interval_count('identified.interval_unit') }}
                )
                then 'invalid interval_count'
            when abs(identified.unit_amount) > {{ largest_amount() }} then 'invalid unit_amount'
            when identified.quantity < 0 or identified.quantity > {{ largest_amount() }} then 'invalid quantity'
            when abs({{ first_decimals('identified.unit_amount') }} * identified.quantity) > {{ largest_amount() }}
                then 'invalid quantity'
            when identified.valid_to < identified.valid_from then 'valid_to before valid_from'
            when subscriptions.subscription_id is null then 'unknown subscription_id'
            when products.product_id is null then 'unknown product_id'
            when known_currencies.currency is null then 'unknown currency'
            -- The dates that their subscription needs before they can be counted (decision 93).
            when
                subscriptions.status in ({{ statuses_after_a_trial() }})
                and subscriptions.trial_started_at is not null
                and subscriptions.trial_ended_at is null
                then 'missing trial_ended_at in subscriptions'
            when
                subscriptions.status = 'paused'
                and coalesce(subscriptions.service_ended_at >= {{ as_of_cutoff() }}, true)
                and open_pauses.subscription_id is null
                then 'missing paused_at in subscription_pauses'
        end as reason
    from identified
    left join subscriptions
        on identified.billing_entity = subscriptions.billing_entity
        and identified.subscription_id = subscriptions.subscription_id
    left join open_pauses
        on identified.billing_entity = open_pauses.billing_entity
        and identified.subscription_id = open_pauses.subscription_id
    left join products
        on identified.billing_entity = products.billing_entity
        and identified.product_id = products.product_id
    left join known_currencies on identified.currency = known_currencies.currency
    left join {{ ref('charge_code_rules') }} as rules
        on {{ word_of('identified.charge_type') }} = {{ word_of('rules.charge_type') }}
    left join {{ ref('revenue_classes') }} as classes
        on coalesce(products.charge_class, rules.revenue_class) = classes.revenue_class
),

endless_subscriptions as (
    select distinct billing_entity, subscription_id
    from found
    where reason is null and has_no_end and is_recurring and valid_to is null
),

-- All of their items: without the open one alone, the loss would be dated to the end of another.
judged as (
    select
        {{ checked_columns('subscription_items', 'found') }}
        coalesce(
            found.reason,
            case when endless.subscription_id is not null then 'missing ended_at in subscriptions' end
        ) as reason
    from found
    left join endless_subscriptions as endless
        on found.billing_entity = endless.billing_entity
        and found.subscription_id = endless.subscription_id
),

{{ reject_overlaps('subscription_items', ['billing_entity', 'item_id']) }}
