-- The movements of the accounts add up to the month's movements in monthly_metrics.
with movements as (
    select policy, month, movement_type, sum(amount) as amount, count(*) as accounts
    from {{ ref('fct_mrr_movements') }}
    group by policy, month, movement_type
),

totals as (
    select
        {%- for type, _ in movement_types() %}
        {{ type }}_mrr,
        {{ type }}_accounts,
        {%- endfor %}
        policy,
        month
    from {{ ref('int_metrics__mrr') }}
    where dimension = 'all'
)

{%- for type, _ in movement_types() %}
select totals.policy, totals.month, '{{ type }}' as movement_type
from totals
left join movements
    on totals.policy = movements.policy and totals.month = movements.month and movements.movement_type = '{{ type }}'
where totals.{{ type }}_mrr <> coalesce(movements.amount, 0)
    or totals.{{ type }}_accounts <> coalesce(movements.accounts, 0)
{{ 'union all' if not loop.last }}
{%- endfor %}
