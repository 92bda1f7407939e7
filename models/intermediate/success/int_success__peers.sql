{%- set alike = ['plan', 'spend_band', 'industry', 'employee_band'] -%}
with accounts as (
    select * from {{ ref('int_success__paying_accounts') }}
),

levels as (
    select * from {{ ref('peer_groups') }}
),

grouped as (
    select
        accounts.policy,
        accounts.billing_entity,
        accounts.account_id,
        levels.level as peer_level,
        levels.minimum_peers,
        {%- for attribute in alike %}
        case when levels.by_{{ attribute }} then accounts.{{ attribute }} else '(any)' end as peer_{{ attribute }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from accounts
    cross join levels
),

counted as (
    select
        grouped.*,
        count(*) over (
            partition by policy, billing_entity, peer_level, peer_{{ alike | join(', peer_') }}
        ) - 1 as peers
    from grouped
),

chosen as (
    select
        policy,
        billing_entity,
        account_id,
        min(peer_level) as peer_level
    from counted
    where peers >= minimum_peers
        -- Nobody is alike in what isn't known of them.
        and '(unknown)' not in (peer_{{ alike | join(', peer_') }})
    group by policy, billing_entity, account_id
)

select
    counted.policy,
    counted.billing_entity,
    counted.account_id,
    counted.peer_level,
    counted.peer_{{ alike | join(',\n    counted.peer_') }},
    counted.peers,
    chosen.account_id is not null as is_chosen
from counted
left join chosen
    on {{ same_account('counted', 'chosen') }}
    and counted.peer_level = chosen.peer_level
