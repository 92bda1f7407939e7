with votes as (
    select * from {{ ref('int_voice__votes') }}
),

csat_answers as (
    select * from {{ ref('int_voice__answers') }}
    where is_satisfied is not null
),

invitations as (
    select * from {{ ref('int_voice__invitations') }}
),

things as (
    select score || '_' || nps_class || 's' as measure, counted_in, month, billing_entity, account_id
    from votes
    union all
    select 'csat_answers' as measure, month as counted_in, month, billing_entity, account_id
    from csat_answers
    union all
    select 'csat_satisfied' as measure, month as counted_in, month, billing_entity, account_id
    from csat_answers
    where is_satisfied
    union all
    select 'invitations' as measure, month as counted_in, month, billing_entity, account_id
    from invitations
    union all
    select 'answered_invitations' as measure, month as counted_in, month, billing_entity, account_id
    from invitations
    where is_answered
),

-- What has no account that is known stays, without one.
counted as (
    select
        policies.policy,
        things.measure,
        things.counted_in,
        things.month,
        things.billing_entity,
        case when ancestors.account_id is not null then {{ counted_account('things') }} end as account_id
    from things
    cross join {{ ref('int_policies') }} as policies
    left join {{ ref('int_accounts__ancestors') }} as ancestors
        on things.billing_entity = ancestors.billing_entity
        and things.account_id = ancestors.account_id
    union all
    select
        policy,
        'nps_by_accounts_' || nps_class || 's' as measure,
        month as counted_in,
        month,
        billing_entity,
        account_id
    from {{ ref('int_voice__account_scores') }}
    where survey_type = 'relationship' and scale = '0 to 10'
),

final as (
    select policy, measure, counted_in, month, billing_entity, account_id, count(*) as things
    from counted
    group by policy, measure, counted_in, month, billing_entity, account_id
)

select * from final
