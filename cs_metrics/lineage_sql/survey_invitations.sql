found as (
    select rows.*, invitations.is_answered
    from metrics_intermediate.int_voice__invitations as invitations
    inner join metrics_intermediate.contract_survey_invitations as rows using (billing_entity, invitation_id)
    cross join given
    left join own
        on invitations.billing_entity = own.billing_entity
        and invitations.account_id = own.own_account_id
    left join metrics_intermediate.int_accounts__ancestors as known
        on invitations.billing_entity = known.billing_entity
        and invitations.account_id = known.account_id
    where invitations.billing_entity = given.billing_entity
        and (own.account_id is not null or (given.account_id = '(no account)' and known.account_id is null))
        and invitations.month between given.opens and given.month
)
select billing_entity, invitation_id, survey_id, respondent_id, is_answered, delivered_at, source_system, loaded_at
from found
order by delivered_at, invitation_id
