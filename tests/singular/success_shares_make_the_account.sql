-- Whoever has an account, all of it is with someone: at every start of a stretch of months the shares make exactly 1,
-- from before the account was there, and nothing of it overlaps or is left out.
with assignments as (
    select * from {{ ref('int_success__assignments') }}
),

spans as (
    select
        billing_entity,
        account_id,
        month_from,
        sum(share) as shares,
        min(month_to) as ends,
        max(month_to) as last_ends
    from assignments
    group by billing_entity, account_id, month_from
),

followed as (
    select
        spans.*,
        lag(ends) over (partition by billing_entity, account_id order by month_from) as ended,
        lead(month_from) over (partition by billing_entity, account_id order by month_from) as next_from
    from spans
)

select *
from followed
where shares <> 1
    or ends <> last_ends
    or month_from <> coalesce(ended, cast('{{ first_day() }}' as date))
    or (next_from is null and ends <> {{ end_of_time() }})
