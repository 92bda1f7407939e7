with account_months as (
    select
        *,
        lead(movement_type) over (partition by policy, billing_entity, account_id order by month) as next_movement_type,
        row_number() over (partition by policy, billing_entity, account_id order by month) = 1 as is_first
    from {{ ref('int_mrr__account_months') }}
),

balances as (
    select
        *,
        lead(closing_mrr) over (
            partition by policy, billing_entity, account_id, currency order by month_from
        ) as next_closing_mrr
    from {{ ref('int_mrr__balances') }}
),

-- The month in which an account comes to pay, or comes back: it opens with nothing.
starts as (
    select
        account_months.policy,
        account_months.billing_entity,
        account_months.account_id,
        balances.currency as mrr_currency,
        account_months.first_currency = balances.currency as is_first_currency,
        account_months.month as state_month,
        account_months.closing_mrr as state_mrr,
        account_months.month as month_from,
        {{ add_months('account_months.month', 1) }} as month_to,
        1 = 1 as is_start,
        1 = 0 as is_paying,
        balances.opening_mrr,
        balances.closing_mrr,
        account_months.movement_type
    from account_months
    inner join balances
        on {{ same_account('account_months', 'balances') }}
        and account_months.month = balances.month_from
    where account_months.opening_mrr <= 0
),

-- The months that open with what a month closed with, up to and with the one in which that changes. After a
-- loss there is nothing to change: the return is a start of its own.
stays as (
    select
        account_months.policy,
        account_months.billing_entity,
        account_months.account_id,
        balances.currency as mrr_currency,
        account_months.first_currency = balances.currency as is_first_currency,
        account_months.month as state_month,
        account_months.closing_mrr as state_mrr,
        {{ add_months('account_months.month', 1) }} as month_from,
        case
            when account_months.closing_mrr > 0 and account_months.next_change_month < {{ end_of_time() }}
                then {{ add_months('account_months.next_change_month', 1) }}
            else account_months.next_change_month
        end as month_to,
        1 = 0 as is_start,
        account_months.closing_mrr > 0 as is_paying,
        balances.closing_mrr as opening_mrr,
        case
            when account_months.closing_mrr > 0 then coalesce(balances.next_closing_mrr, balances.closing_mrr)
            else balances.closing_mrr
        end as closing_mrr,
        case
            when account_months.closing_mrr > 0 then coalesce(account_months.next_movement_type, 'none')
            else 'none'
        end as movement_type
    from account_months
    inner join balances
        on {{ same_account('account_months', 'balances') }}
        and account_months.month = balances.month_from
),

first_months as (
    select policy, billing_entity, account_id, month
    from account_months
    where is_first
),

-- Before its first month, or always, where it never paid.
befores as (
    select
        policies.policy,
        accounts.billing_entity,
        accounts.account_id,
        '{{ var("reporting_currency") }}' as mrr_currency,
        1 = 1 as is_first_currency,
        cast(null as date) as state_month,
        cast(0 as {{ type_of('money') }}) as state_mrr,
        cast('{{ first_day() }}' as date) as month_from,
        coalesce(first_months.month, {{ end_of_time() }}) as month_to,
        1 = 0 as is_start,
        1 = 0 as is_paying,
        cast(0 as {{ type_of('mrr') }}) as opening_mrr,
        cast(0 as {{ type_of('mrr') }}) as closing_mrr,
        'none' as movement_type
    from {{ ref('int_accounts__attributes') }} as accounts
    cross join {{ ref('int_policies') }} as policies
    left join first_months
        on policies.policy = first_months.policy
        and accounts.billing_entity = first_months.billing_entity
        and accounts.account_id = first_months.account_id
),

final as (
    select * from befores
    union all
    select * from starts
    union all
    select * from stays
)

select * from final
where month_from < month_to
