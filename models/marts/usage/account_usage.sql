with trends as (
    select * from {{ ref('int_usage__account_trends') }}
),

seats as (
    select * from {{ ref('int_usage__licensed_seats') }}
),

features as (
    select billing_entity, account_id, month, count(*) as features_used
    from {{ ref('int_usage__feature_months') }}
    group by billing_entity, account_id, month
),

final as (
    select
        trends.billing_entity,
        trends.account_id,
        trends.month,
        trends.active_users,
        trends.weekly_users,
        trends.monthly_users,
        trends.user_days,
        trends.event_count,
        trends.minutes,
        coalesce(features.features_used, 0) as features_used,
        coalesce(seats.licensed_seats, 0) as licensed_seats,
        cast(
            {{ safe_ratio('trends.active_users', 'seats.licensed_seats') }} as {{ type_of('value') }}
        ) as adoption_rate,
        trends.recent_user_days,
        trends.base_user_days,
        cast(
            {{ safe_ratio('trends.recent_user_days', 'trends.base_user_days') }} as {{ type_of('value') }}
        ) as usage_trend,
        trends.is_provisional
    from trends
    left join features
        on trends.billing_entity = features.billing_entity
        and trends.account_id = features.account_id
        and trends.month = features.month
    left join seats
        on trends.billing_entity = seats.billing_entity
        and trends.account_id = seats.account_id
        and trends.month >= seats.month_from
        and trends.month < seats.month_to
)

select * from final
