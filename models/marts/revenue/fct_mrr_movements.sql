{{ built_by_account() }}

with account_months as (
    select * from {{ ref('int_mrr__account_months') }} as all_months
    where movement_type not in ('none', 'opening_balance')
        and {{ is_changed('all_months') }}
),

causes as (
    select * from {{ ref('int_mrr__movement_causes') }}
),

final as (
    select
        account_months.policy,
        account_months.billing_entity,
        account_months.account_id,
        account_months.month,
        account_months.movement_type,
        cast(abs(account_months.closing_mrr - account_months.opening_mrr) as {{ type_of('money') }}) as amount,
        {%- for cause in movement_causes() %}
        cast(
            coalesce(causes.{{ cause }}_mrr, 0)
            * case account_months.movement_type when 'contraction' then -1 else 1 end
            as {{ type_of('money') }}
        ) as {{ cause }}_amount,
        {%- endfor %}
        account_months.opening_mrr,
        account_months.closing_mrr
    from account_months
    left join causes
        on {{ same_account('account_months', 'causes') }}
        and account_months.month = causes.month
)

select * from final
