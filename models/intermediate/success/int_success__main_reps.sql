with assignments as (
    select * from {{ ref('int_success__assignments') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by billing_entity, account_id, month_from
            order by case csm_id when '(unassigned)' then 1 else 0 end, share desc, {{ by_bytes('csm_id') }}
        ) as place
    from assignments
)

select
    billing_entity,
    account_id,
    csm_id,
    share,
    month_from,
    month_to
from ranked
where place = 1
