{{ config(materialized='view') }}

with events as (
    select * from {{ ref('contract_usage_events') }}
    where event_count > 0
        and usage_date < cast({{ as_of_cutoff() }} as date)
),

accounts as (
    select billing_entity, account_id from {{ ref('int_accounts__attributes') }}
),

rules as (
    select * from {{ ref('qualifying_events') }}
),

-- Without a row for all other features, they count for nothing.
other_features as (
    select
        coalesce(max(case when is_activity then 1 end), 0) = 1 as is_activity,
        coalesce(max(case when is_value_event then 1 end), 0) = 1 as is_value_event
    from rules
    where feature = '*'
),

final as (
    select
        events.billing_entity,
        events.account_id,
        events.user_id,
        events.usage_date,
        {{ month_of('events.usage_date') }} as month,
        events.feature,
        events.event_count,
        events.minutes,
        coalesce(rules.is_activity, other_features.is_activity) as is_activity,
        coalesce(rules.is_value_event, other_features.is_value_event) as is_value_event
    from events
    inner join accounts
        on events.billing_entity = accounts.billing_entity
        and events.account_id = accounts.account_id
    left join rules
        on events.feature = rules.feature
    cross join other_features
)

select * from final
