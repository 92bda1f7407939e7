{{ config(severity='warn') }}
-- Rows that count as they are written, and that often mean something else: each kind with its rows and an example. No figure
-- changes by it; what can't be right is in rejected_rows.
with items as (
    {%- for system in systems_in_use('subscription_items') %}
    select
        billing_entity,
        subscription_id,
        item_id,
        interval_unit,
        interval_count
    from {{ ref('stg_' ~ system ~ '__subscription_items') }}
    where {{ is_known() }}
    {{- '\n    union all' if not loop.last }}
    {%- else %}
    select
        billing_entity,
        subscription_id,
        item_id,
        interval_unit,
        interval_count
    from {{ ref('contract_subscription_items') }}
    {%- endfor %}
),

subscriptions_with_items as (
    select distinct billing_entity, subscription_id from items
),

-- A word for a whole period beside a count, or a count that says again what the unit says.
repeated_counts as (
    select
        items.billing_entity,
        items.item_id,
        items.interval_unit,
        items.interval_count,
        words.meaning,
        coalesce(words.multiple, 1) * items.interval_count as counted
    from items
    inner join {{ ref('vocabulary') }} as words
        on words.vocabulary = 'interval_unit'
        and words.word = {{ word_of('items.interval_unit') }}
    where
        items.interval_count > 1
        and words.meaning <> 'once'
        and (
            words.multiple is not null
            or (words.meaning = 'year' and items.interval_count = 12)
            or (words.meaning = 'quarter' and items.interval_count = 3)
            or (words.meaning = 'week' and items.interval_count = 7)
        )
),

counted_items as (
    select distinct
        billing_entity,
        item_id,
        interval_unit,
        interval_count
    from {{ ref('contract_subscription_items') }}
),

findings as (
    select
        'subscription_items: interval_unit ' || repeated_counts.interval_unit
        || ' with interval_count ' || cast(repeated_counts.interval_count as {{ type_of('text') }})
        || ' is a billing period of ' || cast(repeated_counts.counted as {{ type_of('text') }})
        || ' ' || repeated_counts.meaning || 's' as finding,
        count(*) as row_count,
        min(repeated_counts.billing_entity || ': ' || repeated_counts.item_id) as example,
        'If it is ' || repeated_counts.interval_unit || ' once, write interval_count 1' as advice
    from repeated_counts
    inner join counted_items
        on repeated_counts.billing_entity = counted_items.billing_entity
        and repeated_counts.item_id = counted_items.item_id
        and repeated_counts.meaning = counted_items.interval_unit
        and repeated_counts.counted = counted_items.interval_count
    group by
        repeated_counts.interval_unit,
        repeated_counts.interval_count,
        repeated_counts.meaning,
        repeated_counts.counted
    union all
    select
        'subscriptions: in service on the as-of date, without any row in subscription_items, so in no MRR' as finding,
        count(*) as row_count,
        min(subscriptions.billing_entity || ': ' || subscriptions.subscription_id) as example,
        'Export the items of all subscriptions, those that have ended too' as advice
    from {{ ref('contract_subscriptions') }} as subscriptions
    left join subscriptions_with_items
        on subscriptions.billing_entity = subscriptions_with_items.billing_entity
        and subscriptions.subscription_id = subscriptions_with_items.subscription_id
    where
        subscriptions_with_items.subscription_id is null
        and subscriptions.status not in ('cancelled', 'incomplete')
        and coalesce(subscriptions.service_ended_at >= {{ as_of_cutoff() }}, true)
    having count(*) > 0
    union all
    select
        'discounts: percent_off is below 1 in every row, so each takes off less than 1 %' as finding,
        count(*) as row_count,
        min(billing_entity || ': ' || discount_id) as example,
        'Write 20 for 20 %, and not 0.2' as advice
    from {{ ref('contract_discounts') }}
    where percent_off > 0
    group by billing_entity
    having max(percent_off) < 1
)

select
    finding || ': ' || cast(row_count as {{ type_of('text') }}) || case row_count when 1 then ' row' else ' rows' end
    || ', such as ' || example || '. ' || advice || '.' as message
from findings
