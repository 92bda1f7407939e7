{{ built_by_account() }}

with accounts as (
    select billing_entity, account_id from {{ ref('int_accounts__attributes') }} as attributes
    where {{ is_changed('attributes') }}
),

items as (
    {{ paid_items() }}
),

paid as (
    select
        items.*,
        {{ history_start('items.billing_entity') }} as history_from
    from items
    inner join accounts
        on items.billing_entity = accounts.billing_entity
        and items.account_id = accounts.account_id
    where items.is_recurring
        and items.interval_unit <> 'once'
        and items.paid_from < items.paid_to
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
        follows_trial,
        case
            when paid_from <= history_from then {{ add_months(month_of('history_from'), -1) }}
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
    where paid_to > history_from
        or history_from is null
)

select * from final
