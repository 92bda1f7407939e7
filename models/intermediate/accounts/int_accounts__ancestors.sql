{%- set generations = 5 -%}
with accounts as (
    select billing_entity, account_id, parent_account_id
    from {{ ref('contract_accounts') }}
    where not coalesce(is_test, false)
),

-- A parent that isn't known ends the line.
final as (
    select
        account.billing_entity,
        account.account_id,
        case
            when account.account_id in (
                {%- for generation in range(1, generations + 1) %}
                coalesce(ancestor_{{ generation }}.account_id, '')
                {{- ',' if not loop.last }}
                {%- endfor %}
            ) then account.account_id
            else coalesce(
                {%- for generation in range(generations, 0, -1) %}
                ancestor_{{ generation }}.account_id,
                {%- endfor %}
                account.account_id
            )
        end as top_account_id
    from accounts as account
    {%- for generation in range(1, generations + 1) %}
    left join accounts as ancestor_{{ generation }}
        on {{ 'account' if loop.first else 'ancestor_' ~ (generation - 1) }}.billing_entity = ancestor_{{ generation }}.billing_entity
        and {{ 'account' if loop.first else 'ancestor_' ~ (generation - 1) }}.parent_account_id = ancestor_{{ generation }}.account_id
    {%- endfor %}
)

select * from final
