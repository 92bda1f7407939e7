{{ config(materialized="view") }}

with segmented as (
    select policy, billing_entity, account_id, month from {{ ref('int_usage__segmented_months') }}
    where active_users > 0
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
)

-- A feature that only programs use makes nobody active; it is counted for accounts that are.
select used.policy, used.billing_entity, used.account_id, used.month, used.feature
from used
inner join segmented
    on {{ same_account('used', 'segmented') }}
    and used.month = segmented.month
