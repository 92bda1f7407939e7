{{ config(materialized="view") }}

select
    policy,
    billing_entity,
    account_id,
    month_from as month,
    month_to as next_change_month,
    account_opening_mrr as opening_mrr,
    account_closing_mrr as closing_mrr,
    movement_type
from {{ ref('int_mrr__balances') }}
where is_first_currency
