found as (
    select assignments.*
    from metrics_intermediate.contract_csm_assignments as assignments
    inner join given using (billing_entity, account_id)
    where assignments.valid_from < given.closes
        and coalesce(assignments.valid_to, given.closes) >= given.opens
)
select billing_entity, account_id, csm_id, share, valid_from, valid_to, source_system, loaded_at
from found
order by valid_from, csm_id
