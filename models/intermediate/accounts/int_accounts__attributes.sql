with accounts as (
    select * from {{ ref('contract_accounts') }}
),

ancestors as (
    select * from {{ ref('int_accounts__ancestors') }}
),

employee_bands as (
    select * from {{ ref('segment_bands') }}
    where dimension = 'employee_band'
),

-- Test accounts have no ancestors here, so they end with this join.
final as (
    select
        accounts.billing_entity,
        accounts.account_id,
        ancestors.top_account_id,
        accounts.account_name,
        accounts.created_at,
        accounts.is_deleted,
        coalesce(accounts.country, '(unknown)') as country,
        coalesce(accounts.region, '(unknown)') as region,
        coalesce(accounts.industry, '(unknown)') as industry,
        coalesce(employee_bands.band, '(unknown)') as employee_band,
        accounts.employee_count,
        accounts.currency as billing_currency
    from accounts
    inner join ancestors
        on accounts.billing_entity = ancestors.billing_entity
        and accounts.account_id = ancestors.account_id
    left join employee_bands
        on accounts.employee_count >= employee_bands.lower_bound
        and accounts.employee_count < coalesce(employee_bands.upper_bound, accounts.employee_count + 1)
)

select * from final
