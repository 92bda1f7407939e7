{{ config(materialized="view") }}

{%- set of_account = ['policy', 'billing_entity', 'account_id', 'currency'] -%}
{%- set edges = {'account_edges': of_account, 'item_edges': of_account + ['item_id', 'product_id', 'plan_id']} -%}
with
-- An interval adds its MRR to the month that it begins in and takes it away in the month that it ends in. Said twice, since
-- DuckDB would write down what is read twice.
{%- for name, columns in edges.items() %}
{{ name }} as (
    select {{ columns | join(', ') }}, month_from as month, mrr as change
    from {{ ref('int_mrr__item_mrr') }}
    where month_from < month_to
        and month_from <= {{ as_of_month() }}
        and mrr <> 0
    union all
    select {{ columns | join(', ') }}, month_to as month, -mrr as change
    from {{ ref('int_mrr__item_mrr') }}
    where month_from < month_to
        and month_to <= {{ as_of_month() }}
        and mrr <> 0
),
{% endfor %}
of_accounts as (
    select policy, billing_entity, account_id, currency, month, cast(sum(change) as {{ type_of('mrr') }}) as change
    from account_edges
    group by policy, billing_entity, account_id, currency, month
),

evened_out as (
    select policy, billing_entity, account_id, currency, month
    from of_accounts
    where change = 0
),

-- An item that goes on under the same plan at the same price is no change, in however many terms it is written down.
-- A change of 0 stays where the account pays the same for something else.
exchanged_items as (
    select edges.policy, edges.billing_entity, edges.account_id, edges.currency, edges.month, edges.item_id
    from item_edges as edges
    inner join evened_out
        on {{ same_account('edges', 'evened_out') }}
        and edges.currency = evened_out.currency
        and edges.month = evened_out.month
    group by
        edges.policy, edges.billing_entity, edges.account_id, edges.currency, edges.month,
        edges.item_id, edges.product_id, edges.plan_id
    having sum(edges.change) <> 0
),

final as (
    select policy, billing_entity, account_id, currency, month, change
    from of_accounts
    where change <> 0
    union all
    select distinct policy, billing_entity, account_id, currency, month, cast(0 as {{ type_of('mrr') }}) as change
    from exchanged_items
)

select * from final
