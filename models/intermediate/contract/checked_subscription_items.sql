with {{ identified_rows('subscription_items') }},

subscriptions as (
    select billing_entity, subscription_id from {{ ref('contract_subscriptions') }}
),

products as (
    select billing_entity, product_id from {{ ref('contract_products') }}
),

known_currencies as (
    {{ known_currencies() }}
),

judged as (
    select
        identified.*,
        case
            {{ common_reasons('subscription_items', 'identified') }}
            {{ word_reason('subscription_items', 'identified') }}
            when identified.interval_count is null then 'missing interval_count'
            when identified.interval_count < 1 or identified.interval_count > 1200 then 'invalid interval_count'
            when abs(identified.unit_amount) > {{ largest_amount() }} then 'invalid unit_amount'
            when identified.quantity < 0 or identified.quantity > {{ largest_amount() }} then 'invalid quantity'
            when abs({{ first_decimals('identified.unit_amount') }} * identified.quantity) > {{ largest_amount() }}
                then 'invalid quantity'
            when identified.valid_to < identified.valid_from then 'valid_to before valid_from'
            when subscriptions.subscription_id is null then 'unknown subscription_id'
            when products.product_id is null then 'unknown product_id'
            when known_currencies.currency is null then 'unknown currency'
        end as reason
    from identified
    left join subscriptions
        on identified.billing_entity = subscriptions.billing_entity
        and identified.subscription_id = subscriptions.subscription_id
    left join products
        on identified.billing_entity = products.billing_entity
        and identified.product_id = products.product_id
    left join known_currencies on identified.currency = known_currencies.currency
),

{{ reject_overlaps('subscription_items', ['billing_entity', 'item_id']) }}
