with periods as (
    select * from {{ ref('int_segments__periods') }}
),

-- A period's opening balance comes with its first month and goes after its last, in which its movement falls.
events as (
    select
        periods.*,
        month_from as month,
        opening_mrr as opening_change,
        case when is_paying and is_first_currency then 1 else 0 end as accounts_change,
        cast(0 as {{ type_of('mrr') }}) as movement,
        0 as moved_accounts
    from periods
    where opening_mrr <> 0 or is_paying
    union all
    select
        periods.*,
        month_to as month,
        -opening_mrr as opening_change,
        case when is_paying and is_first_currency then -1 else 0 end as accounts_change,
        cast(0 as {{ type_of('mrr') }}) as movement,
        0 as moved_accounts
    from periods
    where opening_mrr <> 0 or is_paying
    union all
    select
        periods.*,
        {{ add_months('month_to', -1) }} as month,
        cast(0 as {{ type_of('mrr') }}) as opening_change,
        0 as accounts_change,
        closing_mrr - opening_mrr as movement,
        case when is_first_currency then 1 else 0 end as moved_accounts
    from periods
    where movement_type not in ('none', 'opening_balance')
),

final as (
    select
        events.policy,
        events.month,
        events.mrr_currency,
        {{ dimension_columns('events') }},
        {%- for type, sign in movement_types() %}
        {{ sign }}sum(case when events.movement_type = '{{ type }}' then events.movement else 0 end) as {{ type }}_mrr,
        sum(case when events.movement_type = '{{ type }}' then events.moved_accounts else 0 end) as {{ type }}_accounts,
        {%- endfor %}
        sum(events.opening_change) as opening_change,
        sum(events.accounts_change) as accounts_change
    from events
    where events.month <= {{ as_of_month() }}
    {{ group_by_dimensions('events', ['events.policy', 'events.month', 'events.mrr_currency']) }}
)

select * from final
