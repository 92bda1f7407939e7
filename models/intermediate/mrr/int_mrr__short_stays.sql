{{ built_by_account() }}

-- What begins and ends within a month. Who comes back from a pause in the month of the cancellation begins nothing.
with items as (
    select distinct policy, billing_entity, account_id, month_from as month
    from {{ ref('int_mrr__item_mrr') }} as item_mrr
    where month_from = month_to
        and begins_term
        and {{ is_changed('item_mrr') }}
        and month_from <= {{ as_of_month() }}
        and mrr > 0
),

paying as (
    select policy, billing_entity, account_id, month_from, month_to
    from {{ ref('int_mrr__periods') }}
    where is_first_currency and (is_paying or is_start)
),

-- Joined and left within one month: paid for something, yet paid nothing when the month opened or closed.
final as (
    select items.policy, items.billing_entity, items.account_id, items.month
    from items
    left join paying
        on {{ same_account('items', 'paying') }}
        and items.month >= paying.month_from
        and items.month < paying.month_to
    where paying.account_id is null
)

select * from final
