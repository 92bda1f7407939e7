with pairs as (
    select * from {{ ref('int_retention__pairs') }}
),

edges as (
    select pairs.*, month_from as month, 1 as direction
    from pairs
    union all
    select pairs.*, month_to as month, -1 as direction
    from pairs
),

changes as (
    select
        edges.policy,
        edges.month,
        edges.horizon_months,
        edges.mrr_currency,
        {{ dimension_columns('edges') }},
        sum(edges.direction * edges.then_mrr) as then_mrr,
        sum(edges.direction * edges.now_mrr) as now_mrr,
        sum(edges.direction * least(edges.then_mrr, edges.now_mrr)) as kept_mrr,
        sum(edges.direction) as accounts_then,
        sum(case when edges.now_mrr > 0 then edges.direction else 0 end) as accounts_kept
    from edges
    where edges.month <= {{ as_of_month() }}
    {{ group_by_dimensions('edges', ['edges.policy', 'edges.month', 'edges.horizon_months', 'edges.mrr_currency']) }}
),

running as (
    {{ running_totals(
        'changes',
        ['policy', 'horizon_months', 'mrr_currency', 'dimension', 'dimension_value'],
        ['then_mrr', 'now_mrr', 'kept_mrr', 'accounts_then', 'accounts_kept']
    ) }}
),

-- Then and now at the same rate, the one of the window's end: constant currency.
final as (
    select
        running.policy,
        running.month,
        running.dimension,
        running.dimension_value,
        running.horizon_months,
        sum({{ in_reporting_currency('running.then_mrr', 'rates.rate') }}) as then_mrr,
        sum({{ in_reporting_currency('running.now_mrr', 'rates.rate') }}) as now_mrr,
        sum({{ in_reporting_currency('running.kept_mrr', 'rates.rate') }}) as kept_mrr,
        sum(running.accounts_then) as accounts_then,
        sum(running.accounts_kept) as accounts_kept
    from running
    inner join {{ ref('contract_month_rates') }} as rates
        on running.mrr_currency = rates.currency
        and running.month = rates.month
    group by running.policy, running.month, running.dimension, running.dimension_value, running.horizon_months
)

select * from final
