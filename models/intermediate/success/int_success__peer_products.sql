{%- set group = peer_group() -%}
with peers as (
    select * from {{ ref('int_success__peers') }}
),

products as (
    select * from {{ ref('int_success__account_products') }}
),

held as (
    select
        {{ prefixed('peers', group) | join(',\n        ') }},
        products.product_id,
        products.product_family,
        products.mrr,
        row_number() over (
            partition by {{ prefixed('peers', group) | join(', ') }}, products.product_id
            order by products.mrr, {{ by_bytes('products.account_id') }}
        ) as place,
        count(*) over (partition by {{ prefixed('peers', group) | join(', ') }}, products.product_id) as holders
    from peers
    inner join products
        on {{ same_account('peers', 'products') }}
),

-- The one in the middle, or the two of an even number.
medians as (
    select
        {{ group | join(',\n        ') }},
        product_id,
        product_family,
        holders,
        (min(mrr) + max(mrr)) * 0.5 as median_mrr
    from held
    where 2 * place between holders and holders + 2
    group by {{ group | join(', ') }}, product_id, product_family, holders
),

final as (
    select
        {{ prefixed('medians', group) | join(',\n        ') }},
        medians.product_id,
        medians.product_family,
        medians.holders,
        medians.median_mrr,
        sum(case when held.mrr >= medians.median_mrr then 1 else 0 end) as holders_at_median
    from medians
    inner join held
        on {{ same('medians', 'held', group + ['product_id']) }}
    group by
        {{ prefixed('medians', group) | join(',\n        ') }},
        medians.product_id,
        medians.product_family,
        medians.holders,
        medians.median_mrr
)

select * from final
