{{ config(enabled='stripe' in systems_in_use('discounts')) }}

{% for name, table in {
    'subscription_discounts': 'subscription_discount', 'discounts': 'discount', 'coupons': 'coupon',
    'subscriptions': 'subscription', 'subscription_history': 'subscription_history',
}.items() -%}
{{ 'with ' if loop.first }}{{ name }} as (
    {{ source_table('stripe', table) }}
),

{% endfor -%}
versions as (
    {{ stripe_subscription_versions() }}
),

-- A discount of one invoice or one checkout is in the amounts of what it was applied to, and in no subscription's.
applied as (
    select
        id, coupon_id, customer_id, subscription_id, starts_at, ends_at, unreadable_column, unreadable_value
    from subscription_discounts
    union all
    select
        discounts.id,
        discounts.coupon_id,
        discounts.customer_id,
        discounts.subscription_id,
        discounts.starts_at,
        discounts.ends_at,
        discounts.unreadable_column,
        discounts.unreadable_value
    from discounts
    left join subscription_discounts
        on discounts.id = subscription_discounts.id
    where discounts.invoice_id is null
        and discounts.checkout_session_id is null
        and subscription_discounts.id is null
),

all_discounts as (
    select
        applied.id,
        applied.customer_id,
        applied.subscription_id,
        coupons.percent_off,
        coupons.amount_off,
        upper(coupons.currency) as currency,
        coupons.duration,
        applied.starts_at,
        case
            when applied.ends_at is not null then applied.ends_at
            when coupons.duration = 'repeating'
                then {{ instant_after('month', 'coupons.duration_in_months', 'applied.starts_at') }}
        end as ends_at,
        coalesce(applied.unreadable_column, coupons.unreadable_column) as unreadable_column,
        coalesce(applied.unreadable_value, coupons.unreadable_value) as unreadable_value
    from applied
    left join coupons
        on applied.coupon_id = coupons.id
),

-- A customer's discount is on each of the customer's subscriptions that has none of its own at the time.
on_subscriptions as (
    select
        of_customer.id,
        versions.id as subscription_id
    from all_discounts as of_customer
    inner join versions
        on of_customer.customer_id = versions.customer_id
        and versions.is_latest
        and (versions.ended_at is null or of_customer.starts_at < versions.ended_at)
    left join all_discounts as own
        on versions.id = own.subscription_id
        and own.duration in ('repeating', 'forever')
        and (own.ends_at is null or of_customer.starts_at < own.ends_at)
        and (of_customer.ends_at is null or of_customer.ends_at > own.starts_at)
    where of_customer.subscription_id is null
        and own.id is null
)

select
    {{ as_text_literal(var("stripe_billing_entity")) }} as billing_entity,
    case
        when on_subscriptions.id is not null then all_discounts.id || ':' || on_subscriptions.subscription_id
        else all_discounts.id
    end as discount_id,
    coalesce(all_discounts.subscription_id, on_subscriptions.subscription_id) as subscription_id,
    {{ null_columns('discounts', ['item_id']) }}
    all_discounts.percent_off,
    {{ stripe_amount('all_discounts.amount_off', 'units.unit_value') }} as amount_off,
    case when all_discounts.amount_off is not null then all_discounts.currency end as currency,
    all_discounts.duration,
    all_discounts.starts_at as valid_from,
    all_discounts.ends_at as valid_to,
    'stripe' as source_system,
    all_discounts.starts_at as loaded_at,
    all_discounts.unreadable_column,
    all_discounts.unreadable_value,
    cast(null as {{ type_of('text') }}) as emptied
from all_discounts
left join on_subscriptions
    on all_discounts.id = on_subscriptions.id
left join {{ ref('stripe_currency_units') }} as units
    on all_discounts.currency = units.currency
