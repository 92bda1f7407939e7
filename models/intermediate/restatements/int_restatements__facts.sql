{%- set in_order = 'over (partition by billing_entity, account_id order by month' -%}
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

by_month as (
    select
        billing_entity,
        account_id,
        month,
        sum(source_rows) as source_rows,
        sum(cast(key_hash as decimal(38, 0))) as key_hash,
        sum(cast(content_hash as decimal(38, 0))) as content_hash
    from facts
    group by billing_entity, account_id, month
),

-- What is known of a month is what bears on it and on all months before it.
final as (
    select
        billing_entity,
        account_id,
        month as month_from,
        coalesce(lead(month) {{ in_order }}), {{ end_of_time() }}) as month_to,
        cast(sum(source_rows) {{ in_order }} rows unbounded preceding) as {{ type_of('integer') }}) as source_rows,
        cast(sum(key_hash) {{ in_order }} rows unbounded preceding) as decimal(38, 0)) as key_hash,
        cast(sum(content_hash) {{ in_order }} rows unbounded preceding) as decimal(38, 0)) as content_hash
    from by_month
)

select * from final
