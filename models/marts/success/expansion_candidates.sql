{%- set one_account = 'expansions.policy, expansions.billing_entity, expansions.account_id' -%}
{%- set by_id = by_bytes('expansions.product_id') -%}
{%- set best_first = 'expansions.expected_mrr desc, expansions.potential_mrr desc, ' ~ by_id -%}
with expansions as (
    select * from {{ ref('int_success__expansions') }}
),

products as (
    select * from {{ ref('contract_products') }}
)

select
    expansions.policy,
    expansions.billing_entity,
    expansions.account_id,
    cast(row_number() over (
        partition by {{ one_account }} order by {{ best_first }}
    ) as {{ type_of('integer') }}) as rank_in_account,
    expansions.expansion_type,
    cast(row_number() over (
        partition by {{ one_account }}, expansions.expansion_type order by {{ best_first }}
    ) as {{ type_of('integer') }}) as rank_in_type,
    expansions.offer,
    expansions.product_id,
    coalesce(products.product_name, products.product_id) as product_name,
    expansions.product_family,
    cast(expansions.current_mrr as {{ type_of('figure') }}) as current_mrr,
    cast(expansions.median_mrr as {{ type_of('figure') }}) as median_mrr,
    expansions.potential_mrr,
    cast({{ safe_ratio('expansions.peers_with', 'expansions.peers') }} as {{ type_of('value') }}) as peer_share,
    cast(expansions.expected_mrr as {{ type_of('figure') }}) as expected_mrr,
    cast(expansions.peers as {{ type_of('integer') }}) as peers,
    cast(expansions.peers_with as {{ type_of('integer') }}) as peers_with,
    cast(expansions.peer_level as {{ type_of('integer') }}) as peer_level,
    expansions.peer_plan,
    expansions.peer_spend_band,
    expansions.peer_industry,
    expansions.peer_employee_band
from expansions
inner join products
    on expansions.billing_entity = products.billing_entity
    and expansions.product_id = products.product_id
