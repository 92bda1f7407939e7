with segmented as (
    select policy, month from {{ ref('int_usage__segmented_months') }}
    where active_users > 0
),

active as (
    select policy, month, count(*) as active_accounts
    from segmented
    group by policy, month
),

using_accounts as (
    select policy, month, feature, count(*) as feature_accounts
    from {{ ref('int_usage__feature_accounts') }}
    group by policy, month, feature
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
