with item_subscriptions as (
    select distinct billing_entity, item_id, subscription_id
    from {{ ref('contract_subscription_items') }}
),

facts as (
    {%- for table in tables_with_facts() %}
    {{ source_facts(table) }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        billing_entity,
        account_id,
        month,
        {{ sums_of_facts() }},
        cast(sum(phase_hash) as {{ type_of('hash') }}) as phase_hash
    from facts
    group by billing_entity, account_id, month
)

select * from final
