-- An account whose services are all over has as much revenue as its lines come to.
with lines as (
    select
        billing_entity,
        account_id,
        currency,
        sum(amount) as amount,
        max(coalesce(service_end, issued_at)) as ends_at
    from {{ ref('int_revenue__lines') }}
    where not is_test_account
    group by billing_entity, account_id, currency
),

recognised as (
    select billing_entity, account_id, currency, sum(revenue) as amount
    from {{ ref('int_revenue__account_months') }}
    group by billing_entity, account_id, currency
)

select lines.billing_entity, lines.account_id, lines.currency, lines.amount, recognised.amount as recognised
from lines
left join recognised
    on lines.billing_entity = recognised.billing_entity
    and lines.account_id = recognised.account_id
    and lines.currency = recognised.currency
where lines.ends_at < {{ as_of_cutoff() }}
    and lines.amount <> coalesce(recognised.amount, 0)
