{#- The account first: DuckDB sorts by a key's first bytes, which a policy's name would take up. -#}
{%- set account = 'account_id, billing_entity, policy' -%}
{%- set by_account = 'partition by ' ~ account ~ ' order by month' -%}
{%- set by_currency = 'partition by ' ~ account ~ ', currency order by month' -%}
{%- set by_month = 'partition by ' ~ account ~ ', balances.month' -%}
{{ built_by_account() }}

with changes as (
    select * from {{ ref('int_mrr__changes') }} as all_changes
    where {{ is_changed('all_changes') }}
),

-- Right as it is for an account of one currency.
running as (
    select
        policy, billing_entity, account_id, currency, month, change,
        cast(sum(change) over ({{ by_account }} rows unbounded preceding) as {{ type_of('mrr') }}) as closing_mrr,
        coalesce(lead(month) over ({{ by_account }}), {{ end_of_time() }}) as next_month,
        lag(currency) over ({{ by_account }}) as previous_currency
    from changes
),

-- All others pay in one currency and from their first change on, so that whoever has an earlier change has paid before.
exceptions as (
    select distinct policy, billing_entity, account_id
    from running
    where currency <> previous_currency
        or (previous_currency is null and change <= 0)
),

as_a_rule as (
    select
        running.policy, running.billing_entity, running.account_id, running.currency, running.month, running.change,
        running.closing_mrr,
        running.next_month,
        rates.rate,
        1 = 1 as is_first_currency,
        {{ in_reporting_currency('running.closing_mrr - running.change', 'rates.rate') }} as account_opening_mrr,
        {{ in_reporting_currency('running.closing_mrr', 'rates.rate') }} as account_closing_mrr,
        running.previous_currency is not null as has_paid_before
    from running
    left join exceptions on {{ same_account('running', 'exceptions') }}
    inner join {{ ref('contract_month_rates') }} as rates
        on running.currency = rates.currency
        and running.month = rates.month
    where exceptions.account_id is null
),

exceptional_changes as (
    select running.*
    from running
    inner join exceptions on {{ same_account('running', 'exceptions') }}
),

-- Each of its currencies in each of its months, so that the months can be judged as a whole.
aligned as (
    select
        months.policy, months.billing_entity, months.account_id, currencies.currency, months.month,
        cast(sum(
            case when {{ same('months', 'currencies', ['currency', 'month']) }} then months.change else 0 end
        ) as {{ type_of('mrr') }}) as change
    from exceptional_changes as months
    inner join exceptional_changes as currencies on {{ same_account('months', 'currencies') }}
    group by months.policy, months.billing_entity, months.account_id, currencies.currency, months.month
),

exceptional_balances as (
    select
        policy, billing_entity, account_id, currency, month, change,
        cast(sum(change) over ({{ by_currency }} rows unbounded preceding) as {{ type_of('mrr') }}) as closing_mrr,
        coalesce(lead(month) over ({{ by_currency }}), {{ end_of_time() }}) as next_month
    from aligned
),

-- Both ends of the month at the rate of its end: what an exchange rate did is no movement of the account.
exceptional_months as (
    select
        balances.*,
        rates.rate,
        row_number() over ({{ by_month }} order by {{ by_bytes('balances.currency') }}) = 1 as is_first_currency,
        sum({{ in_reporting_currency('balances.closing_mrr - balances.change', 'rates.rate') }}) over ({{ by_month }})
            as account_opening_mrr,
        sum({{ in_reporting_currency('balances.closing_mrr', 'rates.rate') }}) over ({{ by_month }})
            as account_closing_mrr
    from exceptional_balances as balances
    inner join {{ ref('contract_month_rates') }} as rates
        on balances.currency = rates.currency
        and balances.month = rates.month
),

all_balances as (
    select * from as_a_rule
    union all
    select
        *,
        coalesce(
            min(case when account_closing_mrr > 0 then month end) over (partition by {{ account }}) < month, 1 = 0
        ) as has_paid_before
    from exceptional_months
),

final as (
    select
        policy, billing_entity, account_id, currency,
        is_first_currency,
        month as month_from,
        next_month as month_to,
        cast(closing_mrr - change as {{ type_of('mrr') }}) as opening_mrr,
        closing_mrr,
        rate,
        cast(account_opening_mrr as {{ type_of('money') }}) as account_opening_mrr,
        cast(account_closing_mrr as {{ type_of('money') }}) as account_closing_mrr,
        {{ movement_type(
            'account_opening_mrr', 'account_closing_mrr', 'has_paid_before', is_before_history('billing_entity', 'month')
        ) }} as movement_type
    from all_balances
)

select * from final
