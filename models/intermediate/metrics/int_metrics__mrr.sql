with totals as (
    select * from {{ ref('int_metrics__mrr_by_currency') }}
),

balances as (
    {{ running_totals(
        'totals',
        ['policy', 'mrr_currency', 'dimension', 'dimension_value'],
        ['opening_change', 'accounts_change']
    ) }}
),

rates as (
    {{ rates_with_previous() }}
),

monthly as (
    select
        balances.policy,
        balances.month,
        balances.dimension,
        balances.dimension_value,
        rates.rate,
        rates.previous_rate,
        balances.opening_change as opening_mrr,
        balances.accounts_change as opening_accounts,
        {%- for type, _ in movement_types() %}
        coalesce(totals.{{ type }}_mrr, 0) as {{ type }}_mrr,
        coalesce(totals.{{ type }}_accounts, 0) as {{ type }}_accounts{% if not loop.last %},{% endif %}
        {%- endfor %}
    from balances
    inner join rates
        on balances.mrr_currency = rates.currency
        and balances.month = rates.month
    left join totals
        on balances.policy = totals.policy
        and balances.mrr_currency = totals.mrr_currency
        and balances.dimension = totals.dimension
        and balances.dimension_value = totals.dimension_value
        and balances.month = totals.month
),

-- Movements at the rate of the month's end; what the rate did to the opening balance is a movement of its own.
final as (
    select
        policy,
        month,
        dimension,
        dimension_value,
        sum({{ in_reporting_currency('opening_mrr', 'previous_rate') }}) as opening_mrr,
        {%- for type, _ in movement_types() %}
        sum({{ in_reporting_currency(type ~ '_mrr', 'rate') }}) as {{ type }}_mrr,
        sum({{ type }}_accounts) as {{ type }}_accounts,
        {%- endfor %}
        sum(
            {{ in_reporting_currency('opening_mrr', 'rate') }}
            - {{ in_reporting_currency('opening_mrr', 'previous_rate') }}
        ) as fx_mrr,
        sum({{ in_reporting_currency(
            'opening_mrr + new_mrr + reactivation_mrr + expansion_mrr - contraction_mrr - churn_mrr', 'rate'
        ) }}) as closing_mrr,
        -- Whole numbers: with the decimals of a balance, their product with an amount would have too many.
        cast(sum(opening_accounts) as {{ type_of('integer') }}) as opening_accounts,
        cast(
            sum(opening_accounts + new_accounts + reactivation_accounts - churn_accounts) as {{ type_of('integer') }}
        ) as closing_accounts
    from monthly
    group by policy, month, dimension, dimension_value
)

select * from final
