with accounts as (
    select * from {{ ref('int_success__paying_accounts') }}
),

tiers as (
    select
        playbook,
        tier,
        lower_bound,
        lead(lower_bound) over (partition by playbook order by lower_bound) as upper_bound
    from {{ ref('playbook_tiers') }}
),

starts as (
    select policy, billing_entity, account_id, month, closing_mrr as first_mrr
    from {{ ref('int_mrr__account_months') }}
    where movement_type = 'new'
        and month >= {{ add_months(as_of_month(), 1 - var('onboarding_months')) }}
),

-- A month has few new accounts: they are compared with those of the twelve months up to and with their own.
new_accounts as (
    select
        policy,
        dimension_value as billing_entity,
        month,
        sum(new_mrr) over (
            partition by policy, dimension_value order by month rows between 11 preceding and current row
        ) as new_mrr,
        sum(new_accounts) over (
            partition by policy, dimension_value order by month rows between 11 preceding and current row
        ) as new_accounts
    from {{ ref('int_metrics__monthly') }}
    where dimension = 'billing_entity'
),

onboarding as (
    select
        starts.*,
        {{ safe_ratio('new_accounts.new_mrr', 'new_accounts.new_accounts') }} as arpa_new,
        {{ safe_ratio('starts.first_mrr * new_accounts.new_accounts', 'new_accounts.new_mrr') }} as arpa_multiple
    from starts
    inner join new_accounts
        on {{ same('starts', 'new_accounts', ['policy', 'billing_entity', 'month']) }}
),

reps as (
    select * from {{ ref('int_success__main_reps') }}
    where month_from <= {{ as_of_month() }}
        and month_to > {{ as_of_month() }}
),

final as (
    select
        accounts.policy,
        accounts.billing_entity,
        accounts.account_id,
        accounts.mrr,
        touch.tier as touch_tier,
        reps.csm_id,
        reps.share as csm_share,
        onboarding.month as first_month,
        onboarding.first_mrr,
        onboarding.arpa_new,
        onboarding.arpa_multiple,
        steps.tier as onboarding_tier,
        renewals.renews_on
    from accounts
    left join onboarding
        on {{ same_account('accounts', 'onboarding') }}
    left join reps
        on accounts.billing_entity = reps.billing_entity
        and accounts.account_id = reps.account_id
    left join {{ ref('int_success__renewals') }} as renewals
        on {{ same_account('accounts', 'renewals') }}
    left join tiers as touch
        on touch.playbook = 'touch'
        and accounts.mrr >= touch.lower_bound
        and accounts.mrr < coalesce(touch.upper_bound, accounts.mrr + 1)
    left join tiers as steps
        on steps.playbook = 'onboarding'
        and onboarding.arpa_multiple >= steps.lower_bound
        and onboarding.arpa_multiple < coalesce(steps.upper_bound, onboarding.arpa_multiple + 1)
)

select * from final
