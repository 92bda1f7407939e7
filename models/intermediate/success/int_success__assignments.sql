with holdings as (
    select * from {{ ref('int_success__holdings') }}
),

accounts as (
    select billing_entity, account_id
    from {{ ref('int_accounts__attributes') }}
    where exists (select 1 from {{ ref('contract_csm_assignments') }})
),

-- Every account has all of its time covered, in a company that assigns accounts at all.
starts as (
    select billing_entity, account_id, cast('{{ first_day() }}' as date) as month_from
    from accounts
    union distinct
    select billing_entity, account_id, month_from
    from holdings
    union distinct
    select billing_entity, account_id, month_to
    from holdings
    union distinct
    select billing_entity, account_id, {{ end_of_time() }} as month_from
    from accounts
),

spans as (
    select
        billing_entity,
        account_id,
        month_from,
        lead(month_from) over (partition by billing_entity, account_id order by month_from) as month_to
    from starts
),

weighed as (
    select
        spans.billing_entity,
        spans.account_id,
        spans.month_from,
        spans.month_to,
        holdings.csm_id,
        holdings.weight,
        sum(holdings.weight) over (
            partition by spans.billing_entity, spans.account_id, spans.month_from
            order by {{ by_bytes('holdings.csm_id') }}
            rows unbounded preceding
        ) as running_weight,
        sum(holdings.weight) over (
            partition by spans.billing_entity, spans.account_id, spans.month_from
        ) as total_weight
    from spans
    inner join holdings
        on spans.billing_entity = holdings.billing_entity
        and spans.account_id = holdings.account_id
        and spans.month_from >= holdings.month_from
        and spans.month_from < holdings.month_to
),

-- Weights up to 1 are shares; more than that is brought down to 1.
shared as (
    select
        billing_entity,
        account_id,
        csm_id,
        month_from,
        month_to,
        case
            when total_weight <= 1 then running_weight - weight
            else {{ exact_quotient('running_weight - weight', 'total_weight', 6) }}
        end as share_before,
        case
            when total_weight <= 1 then running_weight
            else {{ exact_quotient('running_weight', 'total_weight', 6) }}
        end as share_to
    from weighed
    union all
    select
        spans.billing_entity,
        spans.account_id,
        '(unassigned)' as csm_id,
        spans.month_from,
        spans.month_to,
        least(coalesce(max(weighed.running_weight), 0), 1) as share_before,
        1 as share_to
    from spans
    left join weighed
        on spans.billing_entity = weighed.billing_entity
        and spans.account_id = weighed.account_id
        and spans.month_from = weighed.month_from
    where spans.month_to is not null
    group by spans.billing_entity, spans.account_id, spans.month_from, spans.month_to
)

select
    billing_entity,
    account_id,
    csm_id,
    month_from,
    month_to,
    cast(share_to - share_before as {{ type_of('decimal') }}) as share,
    cast(share_before as {{ type_of('decimal') }}) as share_before
from shared
where share_to > share_before
