{{ config(materialized="view") }}

-- Of those that used it equally often, the first by its key was the more active one.
select
    'users' as ranked,
    policies.policy,
    user_months.month,
    user_months.billing_entity,
    {{ counted_account('user_months') }} as account_id,
    user_months.event_count,
    row_number() over (
        partition by policies.policy, user_months.month
        order by
            user_months.event_count desc,
            {{ by_bytes('user_months.billing_entity') }},
            {{ by_bytes('user_months.account_id') }},
            {{ by_bytes('user_months.user_id') }}
    ) as place,
    count(*) over (partition by policies.policy, user_months.month) as all_members
from {{ ref('int_usage__user_months') }} as user_months
inner join {{ ref('int_accounts__ancestors') }} as ancestors
    on user_months.billing_entity = ancestors.billing_entity
    and user_months.account_id = ancestors.account_id
cross join {{ ref('int_policies') }} as policies
union all
select
    'accounts' as ranked,
    policy,
    month,
    billing_entity,
    account_id,
    event_count,
    row_number() over (
        partition by policy, month
        order by event_count desc, {{ by_bytes('billing_entity') }}, {{ by_bytes('account_id') }}
    ) as place,
    count(*) over (partition by policy, month) as all_members
from {{ ref('int_usage__segmented_months') }}
where active_users > 0
