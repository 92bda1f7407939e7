with {{ identified_rows('discounts') }},

subscriptions as (
    select billing_entity, subscription_id from {{ ref('contract_subscriptions') }}
),

items as (
    select distinct billing_entity, item_id from {{ ref('contract_subscription_items') }}
),

-- What a discount of an amount has to be in the currency of.
subscription_currencies as (
    select distinct billing_entity, subscription_id, currency from {{ ref('contract_subscription_items') }}
),

item_currencies as (
    select distinct billing_entity, item_id, currency from {{ ref('contract_subscription_items') }}
)

select
    {{ checked_columns('discounts', 'identified') }}
    case
        {{ common_reasons('discounts', 'identified') }}
        when coalesce(identified.subscription_id, identified.item_id) is null then 'missing subscription_id'
        when coalesce(identified.percent_off, identified.amount_off) is null then 'missing percent_off'
        when identified.amount_off is not null and identified.currency is null then 'missing currency'
        when identified.duration = 'repeating' and identified.valid_to is null then 'missing valid_to'
        when identified.subscription_id is not null and identified.item_id is not null then 'invalid subscription_id'
        when identified.percent_off is not null and identified.amount_off is not null then 'invalid percent_off'
        when identified.percent_off < 0 or identified.percent_off > 100 then 'invalid percent_off'
        when identified.amount_off < 0 or identified.amount_off > {{ largest_amount() }} then 'invalid amount_off'
        {{ word_reason('discounts', 'identified') }}
        when identified.valid_to < identified.valid_from then 'valid_to before valid_from'
        when identified.subscription_id is not null and subscriptions.subscription_id is null
            then 'unknown subscription_id'
        when identified.item_id is not null and items.item_id is null then 'unknown item_id'
        when
            identified.amount_off is not null
            and coalesce(subscription_currencies.currency, item_currencies.currency) is null
            then 'invalid currency'
    end as rejection_reason
from identified
left join subscriptions
    on identified.billing_entity = subscriptions.billing_entity
    and identified.subscription_id = subscriptions.subscription_id
left join items
    on identified.billing_entity = items.billing_entity
    and identified.item_id = items.item_id
left join subscription_currencies
    on identified.billing_entity = subscription_currencies.billing_entity
    and identified.subscription_id = subscription_currencies.subscription_id
    and identified.currency = subscription_currencies.currency
left join item_currencies
    on identified.billing_entity = item_currencies.billing_entity
    and identified.item_id = item_currencies.item_id
    and identified.currency = item_currencies.currency
