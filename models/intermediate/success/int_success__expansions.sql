{{ config(materialized="view") }}

with peers as (
    select * from {{ ref('int_success__peers') }}
    where is_chosen
),

products as (
    select * from {{ ref('int_success__account_products') }}
),

offers as (
    select * from {{ ref('int_success__peer_products') }}
),

-- What an account has of a family, and what its peers pay for the dearest product that it has of it.
families as (
    select
        products.policy,
        products.billing_entity,
        products.account_id,
        products.product_family,
        sum(products.mrr) as mrr,
        count(*) as products,
        max(offers.median_mrr) as median_mrr
    from products
    left join peers
        on {{ same_account('products', 'peers') }}
    left join offers
        on {{ same('peers', 'offers', peer_group()) }}
        and products.product_id = offers.product_id
    group by products.policy, products.billing_entity, products.account_id, products.product_family
),

rules as (
    select
        max(case when rule = 'minimum_holders' then threshold end) as minimum_holders,
        max(case when rule = 'one_at_a_time_below' then threshold end) as one_at_a_time_below
    from {{ ref('expansion_rules') }}
),

-- In a family of plans next to nobody has two: a product takes the place of the one that was there.
family_kinds as (
    select
        families.policy,
        families.billing_entity,
        families.product_family,
        sum(case when families.products > 1 then 1 else 0 end)
        < count(*) * max(rules.one_at_a_time_below) as is_one_at_a_time
    from families
    cross join rules
    group by families.policy, families.billing_entity, families.product_family
),

proposed as (
    select
        {{ prefixed('peers', peer_group()) | join(',\n        ') }},
        peers.account_id,
        peers.peers,
        offers.product_id,
        offers.product_family,
        offers.median_mrr,
        case when families.account_id is null then 'cross_sell' else 'upsell' end as expansion_type,
        case
            when products.account_id is not null then 'more_of_it'
            when families.account_id is not null and family_kinds.is_one_at_a_time then 'higher_plan'
            else 'add_product'
        end as offer,
        case when products.account_id is not null then offers.holders_at_median else offers.holders end as peers_with,
        case
            when products.account_id is not null then products.mrr
            when family_kinds.is_one_at_a_time then coalesce(families.mrr, 0)
            else 0
        end as current_mrr,
        families.median_mrr as family_median_mrr
    from peers
    inner join offers
        on {{ same('peers', 'offers', peer_group()) }}
    cross join rules
    inner join family_kinds
        on {{ same('offers', 'family_kinds', ['policy', 'billing_entity', 'product_family']) }}
    left join products
        on {{ same_account('peers', 'products') }}
        and offers.product_id = products.product_id
    left join families
        on {{ same_account('peers', 'families') }}
        and offers.product_family = families.product_family
    where offers.holders - case when products.account_id is not null then 1 else 0 end >= rules.minimum_holders
)

select
    proposed.*,
    cast(median_mrr - current_mrr as {{ type_of('figure') }}) as potential_mrr,
    {{ exact_quotient(
        'cast(median_mrr - current_mrr as ' ~ type_of('figure') ~ ') * peers_with', 'peers', 6
    ) }} as expected_mrr
from proposed
where median_mrr > current_mrr
    and (offer <> 'higher_plan' or median_mrr > family_median_mrr)
