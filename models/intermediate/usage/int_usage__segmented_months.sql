with account_months as (
    select * from {{ ref('int_usage__account_months') }}
),

ancestors as (
    select * from {{ ref('int_accounts__ancestors') }}
),

policies as (
    select * from {{ ref('int_policies') }}
),

periods as (
    select * from {{ ref('int_segments__periods') }}
    where is_first_currency
),

counted as (
    select
        policies.policy,
        account_months.billing_entity,
        {{ counted_account('account_months') }} as account_id,
        account_months.month,
        {%- for measure in usage_measures() %}
        sum(account_months.{{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
        {%- endfor %}
    from account_months
    inner join ancestors
        on account_months.billing_entity = ancestors.billing_entity
        and account_months.account_id = ancestors.account_id
    cross join policies
    group by
        policies.policy, account_months.billing_entity, {{ counted_account('account_months') }}, account_months.month
),

final as (
    select
        counted.policy,
        counted.billing_entity,
        counted.account_id,
        counted.month,
        {{ prefixed('periods', dimensions()[1:]) | join(',\n        ') }},
        {{ prefixed('counted', usage_measures()) | join(',\n        ') }}
    from counted
    inner join periods
        on {{ same_account('counted', 'periods') }}
        and counted.month >= periods.month_from
        and counted.month < periods.month_to
)

select * from final
