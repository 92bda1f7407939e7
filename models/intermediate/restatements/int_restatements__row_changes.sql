with restated as (
    select distinct month from {{ ref('int_restatements__differences') }}
),

first_facts as (
    select first_facts.* from {{ ref('int_restatements__first_facts') }} as first_facts
    inner join restated on first_facts.month = restated.month
    where {{ was_reported() }}
),

months as (
    select months.* from {{ ref('int_restatements__months') }} as months
    inner join restated on months.month = restated.month
    where {{ was_reported() }}
),

current_facts as (
    {{ facts_up_to('months') }}
),

changed as (
    select
        coalesce(first_facts.month, current_facts.month) as month,
        coalesce(first_facts.billing_entity, current_facts.billing_entity) as billing_entity,
        coalesce(first_facts.account_id, current_facts.account_id) as account_id,
        coalesce(current_facts.source_rows, 0) - coalesce(first_facts.source_rows, 0) as more_rows
    from first_facts
    full outer join current_facts
        on first_facts.month = current_facts.month
        and first_facts.billing_entity = current_facts.billing_entity
        and first_facts.account_id = current_facts.account_id
    where {{ is_other('first_facts.key_hash', 'current_facts.key_hash') }}
        or {{ is_other('first_facts.content_hash', 'current_facts.content_hash') }}
),

-- By the account that counts as a customer: what happened to any of its group's rows happened to it.
final as (
    select
        policies.policy,
        changed.month,
        changed.billing_entity,
        case
            when ancestors.account_id is null then changed.account_id
            else {{ counted_account('changed') }}
        end as account_id,
        max({{ as_flag('changed.more_rows > 0') }}) as has_late_row,
        max({{ as_flag('changed.more_rows = 0') }}) as has_changed_row,
        max({{ as_flag('changed.more_rows < 0') }}) as has_deleted_row
    from changed
    cross join {{ ref('int_policies') }} as policies
    left join {{ ref('int_accounts__ancestors') }} as ancestors
        on changed.billing_entity = ancestors.billing_entity
        and changed.account_id = ancestors.account_id
    group by
        policies.policy,
        changed.month,
        changed.billing_entity,
        case
            when ancestors.account_id is null then changed.account_id
            else {{ counted_account('changed') }}
        end
)

select * from final
