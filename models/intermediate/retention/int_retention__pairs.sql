{{ config(pre_hook='{{ match_segment_columns() }}') }}
{{ built_by_account() }}

{%- set one_window = prefixed('pairs', ['policy', 'billing_entity', 'account_id', 'horizon_months']) | join(', ') -%}
with periods as (
    select * from {{ ref('int_segments__periods') }} as all_periods
    where is_paying
        and {{ is_changed('all_periods') }}
),

balances as (
    select * from {{ ref('int_mrr__balances') }}
),

horizons as (
    select 1 as horizon_months
    union all
    select 12 as horizon_months
),

-- What an account paid when a window opened, beside what it pays when the window closes: interval against
-- interval, the first one shifted to the months in which its windows close.
shifted as (
    select
        periods.*,
        horizons.horizon_months,
        {{ add_months('periods.month_from', 'horizons.horizon_months - 1') }} as window_from,
        {{ add_months('periods.month_to', 'horizons.horizon_months - 1') }} as window_to
    from periods
    cross join horizons
),

pairs as (
    select
        shifted.*,
        greatest(shifted.window_from, balances.month_from) as pair_from,
        least(shifted.window_to, balances.month_to) as pair_to,
        cast(shifted.opening_mrr as {{ type_of('total') }}) as then_mrr,
        cast(balances.closing_mrr as {{ type_of('total') }}) as now_mrr
    from shifted
    inner join balances
        on {{ same_account('shifted', 'balances') }}
        and shifted.mrr_currency = balances.currency
        and shifted.window_to > balances.month_from
        and shifted.window_from < balances.month_to
),

several_currencies as (
    select distinct policy, billing_entity, account_id
    from periods
    where not is_first_currency
),

-- An account with several currencies is compared as a whole, month by month, at the rates of the window's end.
valued as (
    select
        pairs.*,
        months.month,
        sum(pairs.then_mrr * rates.rate) over (partition by {{ one_window }}, months.month) as account_then_mrr,
        sum(pairs.now_mrr * rates.rate) over (partition by {{ one_window }}, months.month) as account_now_mrr
    from pairs
    inner join several_currencies
        on {{ same_account('pairs', 'several_currencies') }}
    inner join {{ ref('int_calendar__months') }} as months
        on pairs.pair_from <= months.month
        and pairs.pair_to > months.month
    inner join {{ ref('contract_month_rates') }} as rates
        on pairs.mrr_currency = rates.currency
        and months.month = rates.month
),

final as (
    select
        pairs.policy,
        pairs.account_id,
        {{ prefixed('pairs', dimensions()) | join(',\n        ') }},
        pairs.horizon_months,
        pairs.mrr_currency,
        pairs.pair_from as month_from,
        pairs.pair_to as month_to,
        cast(pairs.then_mrr as {{ type_of('money') }}) as then_mrr,
        cast(greatest(pairs.now_mrr, 0) as {{ type_of('money') }}) as now_mrr
    from pairs
    left join several_currencies
        on {{ same_account('pairs', 'several_currencies') }}
    where several_currencies.account_id is null
    union all
    select
        policy,
        account_id,
        {{ dimensions() | join(',\n        ') }},
        horizon_months,
        {{ as_text_literal(var("reporting_currency")) }} as mrr_currency,
        month as month_from,
        {{ add_months('month', 1) }} as month_to,
        cast(account_then_mrr as {{ type_of('money') }}) as then_mrr,
        cast(greatest(account_now_mrr, 0) as {{ type_of('money') }}) as now_mrr
    from valued
    where is_first_currency
)

select * from final
where month_from < month_to
