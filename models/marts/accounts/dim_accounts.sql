with accounts as (
    select * from {{ ref('contract_accounts') }}
),

attributes as (
    select * from {{ ref('int_accounts__attributes') }}
),

final as (
    select
        accounts.billing_entity,
        accounts.account_id,
        accounts.account_name,
        accounts.parent_account_id,
        coalesce(attributes.top_account_id, accounts.account_id) as top_account_id,
        accounts.country,
        accounts.region,
        accounts.industry,
        accounts.employee_count,
        coalesce(attributes.employee_band, '(unknown)') as employee_band,
        accounts.currency as billing_currency,
        accounts.created_at,
        coalesce(accounts.is_test, false) as is_test,
        coalesce(accounts.is_deleted, false) as is_deleted,
        {%- for column in var('account_extra_columns') %}
        accounts.{{ column }},
        {%- endfor %}
        accounts.source_system
    from accounts
    left join attributes
        on accounts.billing_entity = attributes.billing_entity
        and accounts.account_id = attributes.account_id
)

select * from final
