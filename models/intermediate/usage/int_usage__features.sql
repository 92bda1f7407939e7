with segmented as (
    select policy, billing_entity, account_id, month from {{ ref('int_usage__segmented_months') }}
    where active_users > 0
),

active as (
    select policy, month, count(*) as active_accounts
    from segmented
    group by policy, month
),

used as (
    select distinct
        policies.policy,
        feature_months.billing_entity,
        {{ counted_account('feature_months') }} as account_id,
        feature_months.month,
        feature_months.feature
    from {{ ref('int_usage__feature_months') }} as feature_months
    inner join {{ ref('int_accounts__ancestors') }} as ancestors
        on feature_months.billing_entity = ancestors.billing_entity
        and feature_months.account_id = ancestors.account_id
    cross join {{ ref('int_policies') }} as policies
),

-- A feature that only programs use makes nobody active; it is counted for accounts that are.
using_accounts as (
    select used.policy, used.month, used.feature, count(*) as feature_accounts
    from used
    inner join segmented
        on {{ same_account('used', 'segmented') }}
        and used.month = segmented.month
    group by used.policy, used.month, used.feature
),

-- From its first use on a feature has a row in every month, so that a feature that nobody uses any more shows.
features as (
    select policy, feature, min(month) as first_month
    from using_accounts
    group by policy, feature
),

final as (
    select
        features.policy,
        months.month,
        'feature' as dimension,
        features.feature as dimension_value,
        coalesce(using_accounts.feature_accounts, 0) as feature_accounts,
        coalesce(active.active_accounts, 0) as active_accounts,
        months.is_provisional
    from features
    inner join {{ ref('int_calendar__months') }} as months
        on features.first_month <= months.month
    left join active
        on features.policy = active.policy
        and months.month = active.month
    left join using_accounts
        on features.policy = using_accounts.policy
        and features.feature = using_accounts.feature
        and months.month = using_accounts.month
)

select * from final
