with balances as (
    select * from {{ ref('int_mrr__balances') }}
),

segments as (
    select * from {{ ref('int_segments__periods') }}
    where is_start and is_first_currency and movement_type = 'new'
),

months as (
    select month from {{ ref('int_calendar__months') }}
    where not is_provisional
),

-- What an account adds to its cohort: money at the rate of the cohort's first month, and itself while it pays.
-- Whoever was there when a cut-off history began has no known start and is in no cohort.
events as (
    select
        {{ prefixed('segments', ['policy'] + dimensions()) | join(',\n        ') }},
        segments.month_from as cohort_month,
        balances.month_from as month,
        {{ in_reporting_currency(
            'balances.closing_mrr - balances.opening_mrr', 'coalesce(nullif(rates.rate, 0), balances.rate)'
        ) }} as mrr,
        case
            when not balances.is_first_currency then 0
            when balances.account_opening_mrr <= 0 and balances.account_closing_mrr > 0 then 1
            when balances.account_opening_mrr > 0 and balances.account_closing_mrr <= 0 then -1
            else 0
        end as accounts
    from segments
    inner join balances on {{ same_account('segments', 'balances') }}
    left join {{ ref('contract_month_rates') }} as rates
        on balances.currency = rates.currency
        and segments.month_from = rates.month
),

changes as (
    select
        events.policy,
        events.cohort_month,
        events.month,
        {{ dimension_columns('events') }},
        sum(events.mrr) as mrr,
        sum(events.accounts) as accounts
    from events
    {{ group_by_dimensions('events', ['events.policy', 'events.cohort_month', 'events.month']) }}
),

running as (
    {{ running_totals('changes', ['policy', 'cohort_month', 'dimension', 'dimension_value'], ['mrr', 'accounts']) }}
),

final as (
    select
        running.policy,
        running.dimension,
        running.dimension_value,
        running.cohort_month,
        {{ month_number('running.month') }} - {{ month_number('running.cohort_month') }} as months_since_start,
        running.accounts,
        running.mrr,
        first_value(running.accounts) over ({{ cohort_window() }}) as accounts_at_start,
        first_value(running.mrr) over ({{ cohort_window() }}) as mrr_at_start
    from running
    inner join months on running.month = months.month
    -- A credit may have stood before the first month in which the account paid.
    where running.month >= running.cohort_month
)

select * from final
