{{ config(materialized="view") }}

{%- set reporting_currency = as_text_literal(var('reporting_currency')) -%}
with accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
    where not coalesce(is_test, false)
),

beginnings as (
    select min(subscriptions.started_at) as began_at
    from {{ ref('contract_subscriptions') }} as subscriptions
    inner join accounts
        on subscriptions.billing_entity = accounts.billing_entity
        and subscriptions.account_id = accounts.account_id
    where subscriptions.status <> 'incomplete'
),

paid_items as (
    {{ paid_items() }}
),

-- Items of an unknown class are valued too: their share of the amount is measured. An item is
-- committed from its order on; there are no figures yet of orders before anything is in service.
paid as (
    select
        items.*,
        case
            when items.follows_trial then items.paid_from
            when items.signed_at < items.started_at and items.valid_from <= items.started_at
                then greatest(items.signed_at, beginnings.began_at)
            else items.paid_from
        end as known_from,
        {{ history_start('items.billing_entity') }} as history_from
    from paid_items as items
    inner join accounts
        on items.billing_entity = accounts.billing_entity
        and items.account_id = accounts.account_id
    cross join beginnings
    where items.currency <> {{ reporting_currency }}
        and coalesce(items.is_recurring, true)
        and items.interval_unit <> 'once'
        and items.unit_amount <> 0
        and items.quantity <> 0
        and items.paid_from < items.paid_to
),

-- Items still to come count in the as-of month, where they are committed; items from before a cut-off history count in the
-- month before it, as the opening balance.
items as (
    select
        'item' as kind,
        billing_entity,
        account_id,
        currency,
        unit_amount * quantity as amount,
        greatest(
            least({{ month_of('known_from') }}, {{ as_of_month() }}),
            coalesce({{ add_months(month_of('history_from'), -1) }}, cast('{{ first_day() }}' as date))
        ) as month_from,
        least({{ month_of('paid_to') }}, {{ as_of_month() }}) as month_to
    from paid
    where paid_to > history_from
        or history_from is null
),

billed as (
    select
        billing_entity, account_id, currency, amount,
        {{ month_of('issued_at') }} as issued_month,
        case when service_end > service_start then {{ month_of('service_start') }} end as service_from,
        case
            when service_end > service_start then {{ month_of(instant_after('day', -1, 'service_end')) }}
        end as service_to
    from {{ ref('contract_invoice_lines') }}
    where currency <> {{ reporting_currency }}
        and amount <> 0
        and invoice_status not in ('draft', 'void')
        and issued_at < {{ as_of_cutoff() }}
        and not is_test_account
),

lines as (
    select
        'line' as kind,
        billing_entity,
        account_id,
        currency,
        amount,
        least(issued_month, coalesce(service_from, issued_month)) as month_from,
        least(greatest(issued_month, coalesce(service_to, issued_month)), {{ as_of_month() }}) as month_to
    from billed
),

costs as (
    select billing_entity, currency, amount, cost_date from {{ ref('contract_acquisition_costs') }}
    union all
    select billing_entity, currency, amount, cost_date from {{ ref('contract_revenue_costs') }}
),

final as (
    select * from items
    union all
    select * from lines
    union all
    select
        'cost' as kind,
        billing_entity,
        cast(null as {{ type_of('text') }}) as account_id,
        currency,
        amount,
        {{ month_of('cost_date') }} as month_from,
        {{ month_of('cost_date') }} as month_to
    from costs
    where currency <> {{ reporting_currency }}
        and amount <> 0
        and cost_date < {{ as_of_cutoff() }}
)

select * from final
