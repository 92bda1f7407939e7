with facts as (
    select * from {{ ref('int_health__facts') }}
),

starts as (
    select
        policy,
        billing_entity,
        account_id,
        min(case when closing_mrr > 0 then month end) as first_month,
        max(case when movement_type in ('new', 'reactivation', 'opening_balance') then month end) as paying_since
    from {{ ref('int_mrr__account_months') }}
    group by policy, billing_entity, account_id
),

-- The first of the last three whole months.
recent_months as (
    select
        case
            when is_provisional then {{ add_months('month', -3) }}
            else {{ add_months('month', -2) }}
        end as first_month
    from {{ ref('int_calendar__months') }}
    where month = {{ as_of_month() }}
),

ticketed as (
    select distinct billing_entity
    from {{ ref('contract_support_tickets') }}
    where opened_at < {{ as_of_cutoff() }}
),

-- Nobody using it for three months is as bad as it gets, also where there never was use to compare with.
usage as (
    select
        facts.policy,
        facts.billing_entity,
        facts.account_id,
        case
            when facts.recent_user_days > 0
                then {{ safe_ratio('facts.compared_user_days', 'facts.base_user_days') }}
            when starts.paying_since <= recent_months.first_month
                and coverage.first_month <= recent_months.first_month
                then 0
        end as measure
    from facts
    inner join starts on {{ same_account('facts', 'starts') }}
    inner join {{ ref('int_usage__coverage') }} as coverage on facts.billing_entity = coverage.billing_entity
    cross join recent_months
),

-- The same type everywhere: Postgres and DuckDB differ in what a union of several decimals is.
measured as (
    select policy, billing_entity, account_id, 'usage' as component, cast(measure as {{ type_of('value') }}) as measure
    from usage
    union all
    select policy, billing_entity, account_id, 'nps' as component, cast(mean_score as {{ type_of('value') }}) as measure
    from {{ ref('int_voice__account_scores') }}
    where survey_type = 'relationship'
        and scale = '0 to 10'
        and is_latest
        and {{ add_months('month', 12) }} > {{ as_of_month() }}
    union all
    select
        facts.policy,
        facts.billing_entity,
        facts.account_id,
        'tickets' as component,
        cast(facts.weighted_tickets as {{ type_of('value') }}) as measure
    from facts
    inner join ticketed on facts.billing_entity = ticketed.billing_entity
    union all
    select
        policy,
        billing_entity,
        account_id,
        'satisfaction' as component,
        cast({{ safe_ratio('ratings_total', 'ratings') }} as {{ type_of('value') }}) as measure
    from facts
    union all
    select
        policy,
        billing_entity,
        account_id,
        'billing' as component,
        case
            when billed_amount > 0
                then cast({{ safe_ratio('overdue_amount', 'billed_amount') }} as {{ type_of('value') }})
        end as measure
    from facts
    union all
    select
        policy,
        billing_entity,
        account_id,
        'tenure' as component,
        cast({{ month_number(as_of_month()) }} - {{ month_number('first_month') }} as {{ type_of('value') }}) as measure
    from starts
)

select policy, billing_entity, account_id, component, measure
from measured
where measure is not null
