with segmented as (
    select * from {{ ref('int_usage__segmented_months') }}
    where active_users > 0
),

-- How many used it how much: enough to know what the most active used, however many they are, and whatever the ties.
users_by_usage as (
    select
        policies.policy,
        user_months.billing_entity,
        {{ counted_account('user_months') }} as account_id,
        user_months.month,
        user_months.event_count,
        count(*) as members
    from {{ ref('int_usage__user_months') }} as user_months
    inner join {{ ref('int_accounts__ancestors') }} as ancestors
        on user_months.billing_entity = ancestors.billing_entity
        and user_months.account_id = ancestors.account_id
    cross join {{ ref('int_policies') }} as policies
    group by
        policies.policy, user_months.billing_entity, {{ counted_account('user_months') }}, user_months.month,
        user_months.event_count
),

users as (
    select
        segmented.policy,
        segmented.month,
        {{ prefixed('segmented', dimensions()) | join(',\n        ') }},
        users_by_usage.event_count,
        users_by_usage.members
    from users_by_usage
    inner join segmented
        on {{ same_account('users_by_usage', 'segmented') }}
        and users_by_usage.month = segmented.month
),

distribution as (
    select
        'users' as ranked,
        users.policy,
        users.month,
        {{ dimension_columns('users') }},
        users.event_count,
        cast(sum(users.members) as {{ type_of('integer') }}) as members
    from users
    {{ group_by_dimensions('users', ['users.policy', 'users.month', 'users.event_count']) }}
    union all
    select
        'accounts' as ranked,
        segmented.policy,
        segmented.month,
        {{ dimension_columns('segmented') }},
        segmented.event_count,
        count(*) as members
    from segmented
    {{ group_by_dimensions('segmented', ['segmented.policy', 'segmented.month', 'segmented.event_count']) }}
),

ranks as (
    select
        *,
        cast(sum(members) over (
            partition by ranked, policy, month, dimension, dimension_value
            order by event_count desc
            rows unbounded preceding
        ) as {{ type_of('integer') }}) as members_so_far,
        cast(sum(members) over (
            partition by ranked, policy, month, dimension, dimension_value
        ) as {{ type_of('integer') }}) as all_members
    from distribution
),

final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        {%- for ranked, top, size in usage_tops() %}
        cast(sum(
            case
                when ranked <> '{{ ranked }}' then 0
                else event_count * greatest(least(members, {{ size }} - members_so_far + members), 0)
            end
        ) as {{ type_of('integer') }}) as {{ top }}_{{ ranked }}_event_count{% if not loop.last %},{% endif %}
        {%- endfor %}
    from ranks
    group by policy, month, dimension, dimension_value
)

select * from final
