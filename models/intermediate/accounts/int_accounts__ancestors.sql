{%- set line = ['account', 'ancestor_1', 'ancestor_2', 'ancestor_3', 'ancestor_4', 'ancestor_5'] -%}
with accounts as (
    select billing_entity, account_id, parent_account_id
    from {{ ref('contract_accounts') }}
    where not coalesce(is_test, false)
),

-- A parent that isn't known ends the line; who is among its own ancestors stands alone.
final as (
    select
        account.billing_entity,
        account.account_id,
        case
            when account.account_id in ({{ line[1:] | join('.account_id, ') }}.account_id) then account.account_id
            else coalesce({{ line | reverse | join('.account_id, ') }}.account_id)
        end as top_account_id
    from accounts as account
    {% for child in line[:-1] %}
    {%- set parent = line[loop.index] -%}
    left join accounts as {{ parent }}
        on {{ child }}.billing_entity = {{ parent }}.billing_entity
        and {{ child }}.parent_account_id = {{ parent }}.account_id
    {% endfor %}
)

select * from final
