found as (
    select csms.*
    from metrics_intermediate.contract_csms as csms
    cross join given
    where csms.valid_from < given.closes
        and coalesce(csms.valid_to, given.closes) >= given.closes
)
select csm_id, valid_from, valid_to, fte, source_system, loaded_at
from found
order by csm_id, valid_from
