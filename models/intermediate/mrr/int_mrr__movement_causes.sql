{{ built_by_account() }}

with item_changes as (
    select * from {{ ref('int_mrr__item_changes') }} as all_changes
    where {{ is_changed('all_changes') }}
),

products_held as (
    select distinct policy, billing_entity, account_id, product_id, month_from, month_to
    from {{ ref('int_mrr__item_mrr') }}
    where month_from < month_to
),

-- A product that the account keeps beside the item that comes or goes: at the opening for one that comes, at the
-- closing for one that goes.
more_of_the_same as (
    select distinct changes.policy, changes.billing_entity, changes.account_id, changes.month, changes.item_id
    from item_changes as changes
    inner join products_held as held
        on {{ same_account('changes', 'held') }}
        and changes.product_id = held.product_id
    where (changes.kind = 'came' and held.month_from < changes.month and held.month_to >= changes.month)
        or (changes.kind = 'went' and held.month_from <= changes.month and held.month_to > changes.month)
),

subscription_changes as (
    select
        policy,
        billing_entity,
        account_id,
        month,
        subscription_id,
        count(distinct kind) as kinds
    from item_changes
    where kind in ('came', 'went')
    group by policy, billing_entity, account_id, month, subscription_id
),

-- A column, since a quotient is worked out by naming what is divided many times.
multiplied as (
    select
        *,
        cast(
            cast(list_before as decimal(26, 6)) * (quantity_after - quantity_before) as {{ type_of('figure') }}
        ) as list_by_quantity
    from item_changes
),

causes as (
    select
        changes.*,
        case
            when changes.kind = 'changed' then 'terms'
            when same_product.item_id is not null then 'seats'
            when swaps.kinds = 2 then 'plan'
            else 'add_on'
        end as cause,
        -- More or fewer units at the old price; the rest of the list price's change is price or plan.
        case
            when changes.kind = 'changed' and changes.quantity_before <> 0
                then {{ exact_quotient('changes.list_by_quantity', 'changes.quantity_before', 4) }}
            else 0
        end as quantity_change,
        changes.list_after - changes.list_before as list_change
    from multiplied as changes
    left join more_of_the_same as same_product
        on {{ same_account('changes', 'same_product') }}
        and changes.month = same_product.month
        and changes.item_id = same_product.item_id
    left join subscription_changes as swaps
        on {{ same_account('changes', 'swaps') }}
        and changes.month = swaps.month
        and changes.subscription_id = swaps.subscription_id
),

split as (
    select
        policy,
        billing_entity,
        account_id,
        month,
        currency,
        sum(case cause when 'terms' then quantity_change when 'seats' then change else 0 end) as seats,
        sum(case when cause = 'terms' and not is_other_plan then list_change - quantity_change else 0 end) as price,
        sum(
            case
                when cause = 'terms' and is_other_plan then list_change - quantity_change
                when cause = 'plan' then change
                else 0
            end
        ) as plan,
        sum(case when cause = 'add_on' then change else 0 end) as add_on,
        sum(case when cause = 'terms' then change - list_change else 0 end) as discount
    from causes
    group by policy, billing_entity, account_id, month, currency
),

final as (
    select
        split.policy,
        split.billing_entity,
        split.account_id,
        {%- for cause in movement_causes() %}
        sum(
            {{ in_reporting_currency('split.' ~ cause, 'rates.rate') }}
        ) as {{ cause }}_mrr,
        {%- endfor %}
        split.month
    from split
    inner join {{ ref('contract_month_rates') }} as rates
        on split.currency = rates.currency
        and split.month = rates.month
    group by split.policy, split.billing_entity, split.account_id, split.month
)

select * from final
