{%- set group = peer_group() -%}
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
        {%- for attribute in likenesses() %}
        case when levels.by_{{ attribute }} then accounts.{{ attribute }} else '(any)' end as peer_{{ attribute }},
        {%- endfor %}
        levels.minimum_peers
    from accounts
    cross join levels
),

counted as (
    select
        grouped.*,
        count(*) over (partition by {{ group | join(', ') }}) - 1 as peers
    from grouped
),

-- Nobody is alike in what isn't known of them.
chosen as (
    select
        policy,
        billing_entity,
        account_id,
        min(peer_level) as peer_level
    from counted
    where peers >= minimum_peers
        and '(unknown)' not in ({{ group[3:] | join(', ') }})
    group by policy, billing_entity, account_id
)

select
    {{ prefixed('counted', group) | join(',\n    ') }},
    counted.account_id,
    counted.peers,
    chosen.account_id is not null as is_chosen
from counted
left join chosen
    on {{ same_account('counted', 'chosen') }}
    and counted.peer_level = chosen.peer_level
