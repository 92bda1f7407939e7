with assignments as (
    select
        billing_entity,
        account_id,
        csm_id,
        coalesce(share, 1) as weight,
        {{ month_reached('valid_from') }} as month_from,
        {{ month_reached('valid_to') }} as month_to
    from {{ ref('contract_csm_assignments') }}
),

accounts as (
    select billing_entity, account_id from {{ ref('int_accounts__attributes') }}
),

-- Where no reps are known, assignments hold by themselves.
terms as (
    select
        csm_id,
        {{ month_reached('valid_from') }} as month_from,
        {{ month_reached('valid_to') }} as month_to
    from {{ ref('contract_csms') }}
    union all
    select distinct
        csm_id,
        cast('{{ first_day() }}' as date) as month_from,
        {{ end_of_time() }} as month_to
    from assignments
    where not exists (select 1 from {{ ref('contract_csms') }})
),

-- A rep has an account while both the assignment and the rep's own term hold.
final as (
    select
        assignments.billing_entity,
        assignments.account_id,
        assignments.csm_id,
        cast(assignments.weight as {{ type_of('decimal') }}) as weight,
        greatest(assignments.month_from, terms.month_from) as month_from,
        least(assignments.month_to, terms.month_to) as month_to
    from assignments
    inner join accounts
        on assignments.billing_entity = accounts.billing_entity
        and assignments.account_id = accounts.account_id
    inner join terms on assignments.csm_id = terms.csm_id
)

select * from final
where month_from < month_to
