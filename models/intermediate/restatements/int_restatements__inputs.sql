{{ config(materialized="view") }}

with rates as (
    select
        month,
        sum(cast({{ text_hash(texts_of(
            ['rates.currency', digits_as_text('rate', 'rates.rate')]
        )) }} as {{ type_of('hash') }})) as hash
    from {{ ref('contract_month_rates') }} as rates
    where rates.rate > 0
    group by month
),

charge_classes as (
    select {{ text_hash(row_content(['charge_type', 'revenue_class'], 'rules')) }} as hash
    from {{ ref('charge_code_rules') }} as rules
    union all
    select {{ text_hash(row_content(['revenue_class', 'is_recurring'], 'classes')) }} as hash
    from {{ ref('revenue_classes') }} as classes
    union all
    select {{ text_hash(row_content(['billing_entity', 'product_id', 'charge_class'], 'products')) }} as hash
    from {{ ref('contract_products') }} as products
    where charge_class is not null
),

classification as (
    select sum(cast(hash as {{ type_of('hash') }})) as hash
    from charge_classes
),

-- What figures rest on besides an account's own rows: the exchange rates up to the month, what counts as recurring,
-- and the definitions.
final as (
    select
        policies.policy,
        rates.month,
        cast(sum(rates.hash) over (
            partition by policies.policy order by rates.month rows unbounded preceding
        ) as {{ type_of('hash') }}) as rates_hash,
        cast(classification.hash as {{ type_of('hash') }}) as classification_hash,
        {{ text_hash(
            "'" ~ definitions_in_use() ~ "' || " ~ row_content(policy_switches(), 'policies')
        ) }} as definition_hash
    from rates
    cross join {{ ref('int_policies') }} as policies
    cross join classification
)

select * from final
