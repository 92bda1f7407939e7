with delivered as (
    select invitations.*
    from {{ ref('contract_survey_invitations') }} as invitations
    left join {{ ref('contract_accounts') }} as accounts
        on invitations.billing_entity = accounts.billing_entity
        and invitations.account_id = accounts.account_id
    where invitations.delivered_at < {{ as_of_cutoff() }}
        and not coalesce(accounts.is_test, false)
),

-- Who was asked and who answered: the person, or the account where no person is named.
contacts as (
    select
        billing_entity,
        survey_id,
        coalesce('person ' || respondent_id, 'account ' || account_id, 'invitation ' || invitation_id) as contact,
        delivered_at as happened_at,
        invitation_id,
        account_id,
        1 as invitations
    from delivered
    union all
    select
        billing_entity,
        survey_id,
        coalesce('person ' || respondent_id, 'account ' || account_id, 'answer ' || response_id) as contact,
        responded_at as happened_at,
        null as invitation_id,
        null as account_id,
        0 as invitations
    from {{ ref('int_voice__answers') }}
),

-- An answer is to the last invitation before it; one that nobody was invited to has number 0.
numbered as (
    select
        *,
        sum(invitations) over (
            partition by billing_entity, survey_id, contact
            order by happened_at, invitations desc, {{ by_bytes('invitation_id') }}
            rows unbounded preceding
        ) as invitation_number
    from contacts
),

-- An answer in a later month comes too late: what a month's rate was must not change once the month is over.
final as (
    select
        billing_entity,
        max(invitation_id) as invitation_id,
        survey_id,
        max(account_id) as account_id,
        min({{ month_of('happened_at') }}) as month,
        sum(1 - invitations) as answers,
        coalesce(
            min({{ month_of('happened_at') }})
            = min(case when invitations = 0 then {{ month_of('happened_at') }} end),
            false
        ) as is_answered
    from numbered
    where invitation_number > 0
    group by billing_entity, survey_id, contact, invitation_number
)

select * from final
