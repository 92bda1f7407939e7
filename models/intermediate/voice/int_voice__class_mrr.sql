with held as (
    select * from {{ ref('int_voice__class_spans') }}
),

edges as (
    select held.*, month_from as month, mrr as change
    from held
    union all
    select held.*, month_to as month, -mrr as change
    from held
),

changes as (
    select
        edges.policy,
        edges.month,
        edges.mrr_currency,
        {%- for class in nps_classes() %}
        sum(case when edges.nps_class = '{{ class }}' then edges.change else 0 end) as {{ class }}_mrr,
        {%- endfor %}
        {{ dimension_columns('edges') }}
    from edges
    where edges.month <= {{ as_of_month() }}
    {{ group_by_dimensions('edges', ['edges.policy', 'edges.month', 'edges.mrr_currency']) }}
),

balances as (
    {{ running_totals(
        'changes',
        ['policy', 'mrr_currency', 'dimension', 'dimension_value'],
        ['promoter_mrr', 'passive_mrr', 'detractor_mrr']
    ) }}
),

final as (
    select
        balances.policy,
        balances.month,
        balances.dimension,
        {%- for class in nps_classes() %}
        sum({{ in_reporting_currency('balances.' ~ class ~ '_mrr', 'rates.rate') }}) as {{ class }}_mrr,
        {%- endfor %}
        balances.dimension_value
    from balances
    inner join {{ ref('contract_month_rates') }} as rates
        on balances.mrr_currency = rates.currency
        and balances.month = rates.month
    group by balances.policy, balances.month, balances.dimension, balances.dimension_value
)

select * from final
