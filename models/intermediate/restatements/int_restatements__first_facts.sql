{{ kept_for_good() }}

with company as (
    select count(*) as accounts
    from {{ ref('int_restatements__account_groups') }}
),

new_months as (
    select
        months.month,
        case
            when not {{ is_kept_apart('months.month') }} then 'all'
            when company.accounts > {{ var('restatement_accounts') }} then 'group'
            else 'account'
        end as kept_by
    from ({{ reported_now(['month']) }}) as months
    cross join company
    {{ not_kept_yet('months', ['month']) }}
),

final as (
    {{ facts_up_to('new_months') }}
)

select
    month,
    billing_entity,
    account_id,
    source_rows,
    key_hash,
    content_hash,
    {{ reported_by() }}
from final
