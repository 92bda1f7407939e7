with events as (
    select * from {{ ref('int_usage__events') }}
),

final as (
    select
        billing_entity,
        account_id,
        month,
        feature,
        cast(sum(event_count) as {{ type_of('integer') }}) as event_count
    from events
    group by billing_entity, account_id, month, feature
)

select * from final
