-- Facts are each account's own; a policy that counts groups adds up those of a group's accounts.
with accounts as (
    select * from {{ ref('int_success__paying_accounts') }}
),

members as (
    select
        policies.policy,
        ancestors.billing_entity,
        {{ counted_account('ancestors') }} as account_id,
        ancestors.account_id as member_id
    from {{ ref('int_accounts__ancestors') }} as ancestors
    cross join {{ ref('int_policies') }} as policies
),

usage as (
    select * from {{ ref('int_usage__account_trends') }}
    where month = {{ as_of_month() }}
),

tickets as (
    select * from {{ ref('int_health__tickets') }}
),

invoices as (
    select * from {{ ref('int_health__invoices') }}
),

-- A trend compares the same accounts: those of a group whose use goes back far enough.
final as (
    select
        accounts.policy,
        accounts.billing_entity,
        accounts.account_id,
        coalesce(sum(usage.recent_user_days), 0) as recent_user_days,
        sum(case when usage.base_user_days is not null then usage.recent_user_days end) as compared_user_days,
        sum(usage.base_user_days) as base_user_days,
        coalesce(sum(tickets.weighted_tickets), 0) as weighted_tickets,
        sum(tickets.ratings_total) as ratings_total,
        sum(tickets.ratings) as ratings,
        sum(invoices.overdue_amount) as overdue_amount,
        sum(invoices.billed_amount) as billed_amount
    from accounts
    inner join members
        on {{ same_account('accounts', 'members') }}
    left join usage
        on members.billing_entity = usage.billing_entity
        and members.member_id = usage.account_id
    left join tickets
        on members.billing_entity = tickets.billing_entity
        and members.member_id = tickets.account_id
    left join invoices
        on members.billing_entity = invoices.billing_entity
        and members.member_id = invoices.account_id
    group by accounts.policy, accounts.billing_entity, accounts.account_id
)

select * from final
