{%- set own_months = 'partition by policy, billing_entity, account_id, currency order by month_from' -%}
{{ config(materialized="view") }}

with balances as (
    select
        *,
        lead(closing_mrr) over ({{ own_months }}) as next_closing_mrr,
        lead(movement_type) over ({{ own_months }}) as next_movement_type
    from {{ ref('int_mrr__balances') }}
),

-- The month in which an account comes to pay, or comes back: it opens with nothing. A credit where there was nothing is
-- no start.
starts as (
    select
        policy,
        billing_entity,
        account_id,
        currency as mrr_currency,
        is_first_currency,
        month_from as state_month,
        account_closing_mrr as state_mrr,
        month_from,
        {{ add_months('month_from', 1) }} as month_to,
        account_closing_mrr > 0 as is_start,
        1 = 0 as is_paying,
        opening_mrr,
        closing_mrr,
        movement_type
    from balances
    where account_opening_mrr <= 0
),

-- The months that open with what a month closed with, up to and with the one in which that changes. After a
-- loss there is nothing to change: the return is a start of its own.
stays as (
    select
        policy,
        billing_entity,
        account_id,
        currency as mrr_currency,
        is_first_currency,
        month_from as state_month,
        account_closing_mrr as state_mrr,
        {{ add_months('month_from', 1) }} as month_from,
        case
            when account_closing_mrr > 0 and month_to < {{ end_of_time() }} then {{ add_months('month_to', 1) }}
            else month_to
        end as month_to,
        1 = 0 as is_start,
        account_closing_mrr > 0 as is_paying,
        closing_mrr as opening_mrr,
        case
            when account_closing_mrr > 0 then coalesce(next_closing_mrr, closing_mrr)
            else closing_mrr
        end as closing_mrr,
        case when account_closing_mrr > 0 then coalesce(next_movement_type, 'none') else 'none' end as movement_type
    from balances
),

first_months as (
    select policy, billing_entity, account_id, min(month_from) as month
    from {{ ref('int_mrr__balances') }}
    group by policy, billing_entity, account_id
),

-- Before its first month, or always, where it never paid.
befores as (
    select
        policies.policy,
        accounts.billing_entity,
        accounts.account_id,
        {{ as_text_literal(var("reporting_currency")) }} as mrr_currency,
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
