{%- set one_level = 'partition by policy, dimension, dimension_value, mrr_currency, mrr order by month' -%}
{%- set one_month = 'partition by policy, month, dimension, dimension_value' -%}
with counted as (
    select
        policy,
        dimension,
        dimension_value,
        mrr_currency,
        mrr,
        month as month_from,
        coalesce(lead(month) over ({{ one_level }}), {{ end_of_time() }}) as month_to,
        sum(accounts_change) over ({{ one_level }} rows unbounded preceding) as accounts
    from {{ ref('int_economics__mrr_levels') }}
),

levels as (
    select
        counted.policy,
        months.month,
        counted.dimension,
        counted.dimension_value,
        counted.accounts,
        {{ in_reporting_currency('counted.mrr', 'rates.rate') }} as mrr
    from counted
    inner join {{ ref('int_calendar__months') }} as months
        on counted.month_from <= months.month
        and counted.month_to > months.month
    inner join {{ ref('contract_month_rates') }} as rates
        on counted.mrr_currency = rates.currency
        and months.month = rates.month
    where counted.accounts > 0
        and months.month <= {{ as_of_month() }}
),

ranked as (
    select
        *,
        sum(accounts) over ({{ one_month }}) as all_accounts,
        sum(accounts) over ({{ one_month }} order by mrr desc rows unbounded preceding) - accounts as larger_accounts
    from levels
),

final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        {%- for top in concentration_tops() %}
        cast(
            sum(mrr * greatest(least(accounts, {{ top.accounts }} - larger_accounts), 0)) as {{ type_of('figure') }}
        ) as {{ top.name }}_mrr,
        {%- endfor %}
        sum(accounts) as paying_accounts,
        cast(sum(mrr * accounts) as {{ type_of('figure') }}) as paying_mrr
    from ranked
    group by policy, month, dimension, dimension_value
)

select * from final
