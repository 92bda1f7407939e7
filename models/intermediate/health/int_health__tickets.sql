-- A rating is known once the ticket is closed; who rates one that is open has rated it by now.
with tickets as (
    select
        billing_entity,
        account_id,
        coalesce(priority, 'normal') as priority,
        case when coalesce(closed_at, opened_at) < {{ as_of_cutoff() }} then satisfaction_score end as rating
    from {{ ref('contract_support_tickets') }}
    where opened_at < {{ as_of_cutoff() }}
        and coalesce(closed_at, {{ as_of_cutoff() }}) >= {{ instant_after('day', -90, as_of_cutoff()) }}
),

weights as (
    select * from {{ ref('ticket_weights') }}
),

final as (
    select
        tickets.billing_entity,
        tickets.account_id,
        sum(coalesce(weights.weight, 0)) as weighted_tickets,
        sum(tickets.rating) as ratings_total,
        count(tickets.rating) as ratings
    from tickets
    left join weights
        on tickets.priority = weights.priority
    group by tickets.billing_entity, tickets.account_id
)

select * from final
