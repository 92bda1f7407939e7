{{ config(materialized="view") }}

-- Every active account is asked about every feature that has been used so far.
select
    features.policy,
    features.month,
    features.dimension,
    features.dimension_value,
    segmented.billing_entity,
    segmented.account_id,
    case when used.account_id is not null then 1 else 0 end as feature_accounts,
    1 as active_accounts
from {{ ref('int_usage__features') }} as features
inner join {{ ref('int_usage__segmented_months') }} as segmented
    on features.policy = segmented.policy
    and features.month = segmented.month
left join {{ ref('int_usage__feature_accounts') }} as used
    on {{ same_account('segmented', 'used') }}
    and features.month = used.month
    and features.dimension_value = used.feature
where segmented.active_users > 0
