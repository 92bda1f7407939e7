with intervals as (
    select * from {{ ref('int_metrics__account_intervals') }}
),

changes as (
    {{ segment_changes('intervals') }}
),

running as (
    {{ running_totals('changes', ['policy', 'measure', 'value_currency', 'dimension', 'dimension_value'], ['value']) }}
),

final as (
    select
        running.policy,
        running.month,
        running.dimension,
        running.dimension_value,
        sum(case when running.measure = 'users' then running.value else 0 end) as users,
        sum(case when running.measure = 'opening_users' then running.value else 0 end) as opening_users,
        sum(case when running.measure = 'short_stays' then running.value else 0 end) as joined_and_left_accounts,
        sum(case when running.measure = 'licensed_seats' then running.value else 0 end) as licensed_seats,
        sum(
            case
                when running.measure = 'pending_mrr' then {{ in_reporting_currency('running.value', 'rates.rate') }}
                else 0
            end
        ) as pending_mrr
    from running
    left join {{ ref('contract_month_rates') }} as rates
        on running.value_currency = rates.currency
        and running.month = rates.month
    group by running.policy, running.month, running.dimension, running.dimension_value
)

select * from final
