{{ config(materialized="view") }}

with periods as (
    select * from {{ ref('int_segments__periods') }}
    where opening_mrr <> 0
        or is_paying
        or movement_type not in ('none', 'opening_balance')
),

rates as (
    {{ rates_with_previous() }}
),

-- All months of a period open alike; its movement falls in the last one.
monthly as (
    select
        periods.policy,
        periods.billing_entity,
        periods.account_id,
        rates.month,
        rates.rate,
        rates.previous_rate,
        periods.opening_mrr,
        case when periods.is_paying and periods.is_first_currency then 1 else 0 end as opening_accounts,
        case when periods.is_first_currency then 1 else 0 end as moved_accounts,
        periods.closing_mrr - periods.opening_mrr as movement,
        case
            when rates.month = {{ add_months('periods.month_to', -1) }} then periods.movement_type
            else 'none'
        end as movement_type
    from periods
    inner join rates
        on periods.mrr_currency = rates.currency
        and periods.month_from <= rates.month
        and periods.month_to > rates.month
    where rates.month <= {{ as_of_month() }}
),

valued as (
    select
        *,
        {{ in_reporting_currency('opening_mrr', 'previous_rate') }} as opening_value,
        {{ in_reporting_currency('opening_mrr', 'rate') }} as opening_value_now,
        {{ in_reporting_currency('movement', 'rate') }} as movement_value
    from monthly
),

final as (
    select
        policy,
        billing_entity,
        account_id,
        month,
        opening_value as opening_mrr,
        opening_value_now - opening_value as fx_mrr,
        {%- for type, sign in movement_types() %}
        case movement_type when '{{ type }}' then {{ sign }}movement_value else 0 end as {{ type }}_mrr,
        case movement_type when '{{ type }}' then moved_accounts else 0 end as {{ type }}_accounts,
        {%- endfor %}
        opening_value_now
        + case when movement_type in ('none', 'opening_balance') then 0 else movement_value end as closing_mrr,
        opening_accounts,
        opening_accounts + case
            when movement_type in ('new', 'reactivation') then moved_accounts
            when movement_type = 'churn' then -moved_accounts
            else 0
        end as closing_accounts
    from valued
)

select * from final
