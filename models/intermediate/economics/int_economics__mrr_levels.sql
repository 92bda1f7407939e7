with levels as (
    select * from {{ ref('int_economics__account_levels') }}
),

edges as (
    select levels.*, span_from as month, 1 as direction
    from levels
    where span_from < span_to
    union all
    select levels.*, span_to as month, -1 as direction
    from levels
    where span_from < span_to
),

-- Accounts that pay the same are alike here: they are counted by what they pay.
final as (
    select
        edges.policy,
        edges.month,
        edges.mrr_currency,
        edges.mrr,
        {{ dimension_columns('edges') }},
        sum(edges.direction) as accounts_change
    from edges
    where edges.month <= {{ as_of_month() }}
    {{ group_by_dimensions('edges', ['edges.policy', 'edges.month', 'edges.mrr_currency', 'edges.mrr']) }}
    having sum(edges.direction) <> 0
)

select * from final
