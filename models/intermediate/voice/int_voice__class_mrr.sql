with scores as (
    select * from {{ ref('int_voice__account_scores') }}
    where survey_type = 'relationship' and scale = '0 to 10' and is_latest_of_month
),

-- What an account said holds until it says something else, and for no more than a year.
classes as (
    select
        policy,
        billing_entity,
        account_id,
        nps_class,
        month as month_from,
        least(
            coalesce(
                lead(month) over (partition by policy, billing_entity, account_id order by month), {{ end_of_time() }}
            ),
            {{ add_months('month', 12) }}
        ) as month_to
    from scores
),

held as (
    select
        classes.policy,
        classes.nps_class,
        {{ prefixed('periods', dimensions()) | join(',\n        ') }},
        balances.currency as mrr_currency,
        balances.closing_mrr as mrr,
        greatest(classes.month_from, balances.month_from, periods.month_from) as month_from,
        least(classes.month_to, balances.month_to, periods.month_to) as month_to
    from classes
    inner join {{ ref('int_mrr__balances') }} as balances
        on {{ same_account('classes', 'balances') }}
        and classes.month_from < balances.month_to
        and classes.month_to > balances.month_from
    inner join {{ ref('int_segments__periods') }} as periods
        on {{ same_account('classes', 'periods') }}
        and periods.is_first_currency
        and greatest(classes.month_from, balances.month_from) < periods.month_to
        and least(classes.month_to, balances.month_to) > periods.month_from
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
