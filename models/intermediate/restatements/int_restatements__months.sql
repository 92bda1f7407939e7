-- What a month is kept by was decided when it was first reported, and goes on.
select
    month,
    min(first_reported_on) as first_reported_on,
    case
        when max({{ as_flag('account_id = ' ~ all_accounts()) }}) = 1 then 'all'
        when max({{ as_flag(is_group('account_id')) }}) = 1 then 'group'
        else 'account'
    end as kept_by
from {{ ref('int_restatements__first_facts') }}
group by month
