{%- set by_account = 'partition by policy, billing_entity, account_id order by month' -%}
{%- set by_currency = 'partition by policy, billing_entity, account_id, currency order by month' -%}
{{ built_by_account() }}

with changes as (
    select * from {{ ref('int_mrr__changes') }} as all_changes
    where {{ is_changed('all_changes') }}
),

-- Right as it is for an account of one currency, as nearly all are. One window for all of it: rows are sorted once.
running as (
    select
        policy, billing_entity, account_id, currency, month, change,
        cast(sum(change) over ({{ by_account }} rows unbounded preceding) as {{ type_of('mrr') }}) as closing_mrr,
        coalesce(lead(month) over ({{ by_account }}), {{ end_of_time() }}) as next_month,
        min(currency) over ({{ by_account }} rows between unbounded preceding and unbounded following)
        <> max(currency) over ({{ by_account }} rows between unbounded preceding and unbounded following) as is_mixed
    from changes
),

mixed_changes as (
    select * from running
    where is_mixed
),

-- An account's currencies have their changes in the same months, so that its months can be judged as a whole.
aligned as (
    select policy, billing_entity, account_id, currency, month, change
    from mixed_changes
    union all
    select distinct
        mixed_changes.policy, mixed_changes.billing_entity, mixed_changes.account_id, other_currencies.currency,
        mixed_changes.month, cast(0 as {{ type_of('mrr') }}) as change
    from mixed_changes
    inner join mixed_changes as other_currencies
        on {{ same_account('mixed_changes', 'other_currencies') }}
        and mixed_changes.currency <> other_currencies.currency
    left join mixed_changes as own_changes
        on {{ same_account('mixed_changes', 'own_changes') }}
        and other_currencies.currency = own_changes.currency
        and mixed_changes.month = own_changes.month
    where own_changes.month is null
),

balances as (
    select * from running
    where not is_mixed
    union all
    select
        policy, billing_entity, account_id, currency, month, change,
        cast(sum(change) over ({{ by_currency }} rows unbounded preceding) as {{ type_of('mrr') }}) as closing_mrr,
        coalesce(lead(month) over ({{ by_currency }}), {{ end_of_time() }}) as next_month,
        1 = 1 as is_mixed
    from aligned
),

valued as (
    select
        balances.*,
        rates.rate,
        {{ in_reporting_currency('balances.closing_mrr - balances.change', 'rates.rate') }} as opening_value,
        {{ in_reporting_currency('balances.closing_mrr', 'rates.rate') }} as closing_value
    from balances
    inner join {{ ref('contract_month_rates') }} as rates
        on balances.currency = rates.currency
        and balances.month = rates.month
),

-- Both ends of the month at the rate of its end: what an exchange rate did is no movement of the account.
mixed_months as (
    select
        policy, billing_entity, account_id, month,
        {{ first_by_bytes('currency') }} as first_currency,
        sum(opening_value) as opening_value,
        sum(closing_value) as closing_value
    from valued
    where is_mixed
    group by policy, billing_entity, account_id, month
),

judged as (
    select
        valued.*,
        valued.currency = coalesce(mixed_months.first_currency, valued.currency) as is_first_currency,
        coalesce(mixed_months.opening_value, valued.opening_value) as account_opening_mrr,
        coalesce(mixed_months.closing_value, valued.closing_value) as account_closing_mrr
    from valued
    left join mixed_months
        on {{ same_account('valued', 'mixed_months') }}
        and valued.month = mixed_months.month
),

first_payments as (
    select policy, billing_entity, account_id, min(month) as month
    from judged
    where account_closing_mrr > 0
    group by policy, billing_entity, account_id
),

final as (
    select
        judged.policy, judged.billing_entity, judged.account_id, judged.currency,
        judged.is_first_currency,
        judged.month as month_from,
        judged.next_month as month_to,
        cast(judged.closing_mrr - judged.change as {{ type_of('mrr') }}) as opening_mrr,
        judged.closing_mrr,
        judged.rate,
        cast(judged.account_opening_mrr as {{ type_of('money') }}) as account_opening_mrr,
        cast(judged.account_closing_mrr as {{ type_of('money') }}) as account_closing_mrr,
        {{ movement_type(
            'judged.account_opening_mrr', 'judged.account_closing_mrr',
            'coalesce(first_payments.month < judged.month, 1 = 0)',
            is_before_history('judged.billing_entity', 'judged.month')
        ) }} as movement_type
    from judged
    left join first_payments on {{ same_account('judged', 'first_payments') }}
)

select * from final
