with assigned as (
    select * from {{ ref('int_success__account_shares') }}
    where book = 'closing'
        and csm_id <> '(unassigned)'
),

edges as (
    select assigned.*, month_from as month, 1 as direction
    from assigned
    union all
    select assigned.*, month_to as month, -1 as direction
    from assigned
),

changes as (
    select
        edges.policy,
        edges.month,
        edges.mrr_currency,
        {{ dimension_columns('edges') }},
        sum(edges.direction * edges.mrr) as mrr,
        sum(edges.direction * edges.accounts) as accounts
    from edges
    where edges.month <= {{ as_of_month() }}
    {{ group_by_dimensions('edges', ['edges.policy', 'edges.month', 'edges.mrr_currency']) }}
),

running as (
    {{ running_totals(
        'changes', ['policy', 'mrr_currency', 'dimension', 'dimension_value'], ['mrr', 'accounts']
    ) }}
),

final as (
    select
        running.policy,
        running.month,
        running.dimension,
        running.dimension_value,
        sum({{ in_reporting_currency('running.mrr', 'rates.rate') }}) as assigned_mrr,
        sum(running.accounts) as assigned_accounts
    from running
    inner join {{ ref('contract_month_rates') }} as rates
        on running.mrr_currency = rates.currency
        and running.month = rates.month
    group by running.policy, running.month, running.dimension, running.dimension_value
)

select * from final
