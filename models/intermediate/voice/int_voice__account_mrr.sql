with account_months as (
    select distinct policy, billing_entity, account_id, month
    from {{ ref('int_voice__account_scores') }}
),

balances as (
    select * from {{ ref('int_mrr__balances') }}
),

rates as (
    select * from {{ ref('contract_month_rates') }}
),

final as (
    select
        account_months.policy,
        account_months.billing_entity,
        account_months.account_id,
        account_months.month,
        cast(sum({{ in_reporting_currency('balances.closing_mrr', 'rates.rate') }}) as {{ type_of('money') }}) as mrr
    from account_months
    inner join balances
        on {{ same_account('account_months', 'balances') }}
        and account_months.month >= balances.month_from
        and account_months.month < balances.month_to
    inner join rates
        on balances.currency = rates.currency
        and account_months.month = rates.month
    group by account_months.policy, account_months.billing_entity, account_months.account_id, account_months.month
)

select * from final
