with item_subscriptions as (
    {{ item_subscriptions() | indent(4) }}
),

source_rows as (
    {%- for table in contract_of_tables_by_account() %}
    {{ fingerprints(table) }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

facts as (
    select
        billing_entity,
        account_id,
        count(*) as source_rows,
        sum(cast(content_hash as {{ type_of('hash') }})) as content_hash,
        sum(cast(phase_hash as {{ type_of('hash') }})) as phase_hash
    from source_rows
    group by billing_entity, account_id
),

rates as (
    select
        currency,
        sum(cast({{ text_hash(row_content(['month', 'rate'], 'rates')) }} as {{ type_of('hash') }})) as hash
    from {{ ref('contract_month_rates') }} as rates
    where currency <> {{ as_text_literal(var("reporting_currency")) }}
    group by currency
),

currencies as (
    select distinct subscriptions.billing_entity, subscriptions.account_id, items.currency
    from {{ ref('contract_subscription_items') }} as items
    inner join {{ ref('contract_subscriptions') }} as subscriptions
        on items.billing_entity = subscriptions.billing_entity
        and items.subscription_id = subscriptions.subscription_id
),

rates_of_accounts as (
    select currencies.billing_entity, currencies.account_id, sum(rates.hash) as hash
    from currencies
    inner join rates on currencies.currency = rates.currency
    group by currencies.billing_entity, currencies.account_id
),

products as (
    select coalesce(sum(cast({{ text_hash(row_content(
        ['billing_entity', 'product_id', 'product_name', 'charge_class'], 'products'
    )) }} as {{ type_of('hash') }})), 0) as hash
    from {{ ref('contract_products') }} as products
),

policies as (
    select sum(cast({{ text_hash(row_content(
        ['policy'] + policy_switches(), 'policies'
    )) }} as {{ type_of('hash') }})) as hash
    from {{ ref('int_policies') }} as policies
),

final as (
    select
        accounts.billing_entity,
        accounts.account_id,
        coalesce(ancestors.top_account_id, accounts.account_id) as top_account_id,
        coalesce(facts.source_rows, 0) as source_rows,
        coalesce(facts.content_hash, 0) as content_hash,
        coalesce(facts.phase_hash, 0) as phase_hash,
        coalesce(rates_of_accounts.hash, 0) as rates_hash,
        products.hash + policies.hash as shared_hash,
        -- Which segments there are is no definition, but the tables by account have a column for each.
        '{{ definitions_in_use() }} {{ custom_segments() | join(" ") }} {{ as_of_date()[:7] }}' as definitions
    from {{ ref('contract_accounts') }} as accounts
    left join {{ ref('int_accounts__ancestors') }} as ancestors
        on accounts.billing_entity = ancestors.billing_entity
        and accounts.account_id = ancestors.account_id
    left join facts
        on accounts.billing_entity = facts.billing_entity
        and accounts.account_id = facts.account_id
    left join rates_of_accounts
        on accounts.billing_entity = rates_of_accounts.billing_entity
        and accounts.account_id = rates_of_accounts.account_id
    cross join products
    cross join policies
)

select * from final
