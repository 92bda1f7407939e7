-- What an expansion or contraction is made of adds up to it; other movements have no causes.
select policy, billing_entity, account_id, month
from {{ ref('fct_mrr_movements') }}
where
    {{ movement_causes() | join('_amount + ') }}_amount
    <> case when movement_type in ('expansion', 'contraction') then amount else 0 end
