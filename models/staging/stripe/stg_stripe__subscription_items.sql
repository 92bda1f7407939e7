{{ config(enabled='stripe' in systems_in_use('subscription_items')) }}

{% for name, table in {
    'items': 'subscription_item', 'prices': 'price', 'plans': 'plan', 'subscriptions': 'subscription',
    'subscription_history': 'subscription_history', 'lines': 'invoice_line_item', 'invoices': 'invoice',
}.items() -%}
{{ 'with ' if loop.first }}{{ name }} as (
    {{ source_table('stripe', table) }}
),

{% endfor -%}
price_list as (
    {{ stripe_price_list() }}
),

versions as (
    {{ stripe_subscription_versions() }}
),

sightings as (
    {{ stripe_item_sightings() }}
),

-- A sighting without a plan is on the one before, or else on the first.
counted as (
    select
        *,
        count(plan_id) over (partition by item_id order by seen_at rows unbounded preceding) as plans_so_far
    from sightings
    where place = 1
),

planned as (
    select
        item_id,
        seen_at,
        coalesce(
            max(plan_id) over (partition by item_id, plans_so_far),
            max(case when plans_so_far = 1 then plan_id end) over (partition by item_id)
        ) as plan_id,
        quantity,
        period_amount
    from counted
),

compared as (
    select
        *,
        row_number() over (partition by item_id order by seen_at) as place,
        lag(plan_id) over (partition by item_id order by seen_at) as plan_before,
        lag(quantity) over (partition by item_id order by seen_at) as quantity_before
    from planned
),

terms as (
    select
        *,
        lead(seen_at) over (partition by item_id order by seen_at) as valid_to
    from compared
    where place = 1 or plan_id <> plan_before or quantity <> quantity_before
),

-- An item that came with its subscription began with it, be it backdated.
started as (
    select
        items.*,
        case
            when items.created <= {{ instant_after('minute', 1, 'versions.created') }} then versions.start_date
            else items.created
        end as started_at
    from items
    left join versions
        on items.subscription_id = versions.id
        and versions.is_latest
)

select
    {{ as_text_literal(var("stripe_billing_entity")) }} as billing_entity,
    started.id as item_id,
    started.subscription_id,
    price_list.product_id,
    terms.plan_id,
    case when price_list.is_metered then 'usage' else 'subscription' end as charge_type,
    price_list.interval_unit,
    price_list.interval_count,
    case
        when price_list.unit_amount is not null then {{ stripe_price('price_list.unit_amount', 'units.unit_value') }}
        when price_list.is_metered then 0
        else cast({{ exact_quotient(
            stripe_amount('terms.period_amount', 'units.unit_value'), 'terms.quantity', 6
        ) }} as {{ type_of('price') }})
    end as unit_amount,
    case
        when price_list.is_metered then coalesce(terms.quantity, 0)
        else {{ stripe_packages('terms.quantity') }}
    end as quantity,
    price_list.currency,
    case
        when terms.place = 1 and started.started_at < terms.seen_at then started.started_at
        else terms.seen_at
    end as valid_from,
    terms.valid_to,
    'stripe' as source_system,
    case when terms.place = 1 then started.created else terms.seen_at end as loaded_at,
    coalesce(started.unreadable_column, price_list.unreadable_column) as unreadable_column,
    coalesce(started.unreadable_value, price_list.unreadable_value) as unreadable_value,
    cast(null as {{ type_of('text') }}) as emptied
from started
left join terms
    on started.id = terms.item_id
left join price_list
    on terms.plan_id = price_list.price_id
left join {{ ref('stripe_currency_units') }} as units
    on price_list.currency = units.currency
