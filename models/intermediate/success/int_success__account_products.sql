with items as (
    select * from {{ ref('int_mrr__item_mrr') }}
    where month_from <= {{ as_of_month() }}
        and month_to > {{ as_of_month() }}
        and mrr > 0
),

rates as (
    select * from {{ ref('contract_month_rates') }}
    where month = {{ as_of_month() }}
),

products as (
    select billing_entity, product_id, coalesce(product_family, product_id) as product_family
    from {{ ref('contract_products') }}
),

accounts as (
    select * from {{ ref('int_success__paying_accounts') }}
)

select
    items.policy,
    items.billing_entity,
    items.account_id,
    items.product_id,
    products.product_family,
    sum({{ in_reporting_currency('items.mrr', 'rates.rate') }}) as mrr
from items
inner join accounts
    on {{ same_account('items', 'accounts') }}
inner join rates on items.currency = rates.currency
inner join products
    on items.billing_entity = products.billing_entity
    and items.product_id = products.product_id
group by items.policy, items.billing_entity, items.account_id, items.product_id, products.product_family
