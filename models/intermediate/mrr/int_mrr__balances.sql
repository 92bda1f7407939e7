with changes as (
    select * from {{ ref('int_mrr__changes') }}
),

account_currencies as (
    select policy, billing_entity, account_id, currency
    from changes
    group by policy, billing_entity, account_id, currency
),

several_currencies as (
    select policy, billing_entity, account_id
    from account_currencies
    group by policy, billing_entity, account_id
    having count(*) > 1
),

-- An account's currencies have their changes in the same months, so that its months can be judged as a whole.
aligned as (
    select policy, billing_entity, account_id, currency, month, change
    from changes
    union all
    select distinct
        changes.policy,
        changes.billing_entity,
        changes.account_id,
        account_currencies.currency,
        changes.month,
        cast(0 as {{ type_of('decimal') }}) as change
    from changes
    inner join several_currencies
        on {{ same_account('changes', 'several_currencies') }}
    inner join account_currencies
        on {{ same_account('changes', 'account_currencies') }}
    left join changes as own_changes
        on {{ same_account('changes', 'own_changes') }}
        and account_currencies.currency = own_changes.currency
        and changes.month = own_changes.month
    where own_changes.month is null
),

running as (
    select
        policy,
        billing_entity,
        account_id,
        currency,
        month as month_from,
        coalesce(
            lead(month) over (partition by policy, billing_entity, account_id, currency order by month),
            {{ end_of_time() }}
        ) as month_to,
        change,
        sum(change) over (
            partition by policy, billing_entity, account_id, currency order by month rows unbounded preceding
        ) as closing
    from aligned
),

final as (
    select
        running.policy,
        running.billing_entity,
        running.account_id,
        running.currency,
        running.month_from,
        running.month_to,
        cast(running.closing - running.change as {{ type_of('mrr') }}) as opening_mrr,
        cast(running.closing as {{ type_of('mrr') }}) as closing_mrr,
        rates.rate
    from running
    inner join {{ ref('contract_month_rates') }} as rates
        on running.currency = rates.currency
        and running.month_from = rates.month
)

select * from final
