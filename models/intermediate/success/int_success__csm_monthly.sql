{%- set measures = [
    'closing_mrr', 'opening_mrr', 'closing_accounts', 'churn_accounts',
    'then_mrr_1m', 'now_mrr_1m', 'kept_mrr_1m', 'accounts_then_1m',
    'then_mrr_12m', 'now_mrr_12m', 'kept_mrr_12m', 'accounts_then_12m',
] -%}
with books as (
    select * from {{ ref('int_success__books') }}
),

-- In the months in which the company has figures.
fte as (
    select
        metrics.policy,
        fte.month,
        fte.csm_id,
        fte.fte
    from {{ ref('int_success__fte') }} as fte
    inner join {{ ref('int_metrics__monthly') }} as metrics
        on fte.month = metrics.month
        and metrics.dimension = 'all'
),

-- A rep is there in the months with an account, now or at the base of a window, and in those on duty.
keys as (
    select policy, month, csm_id
    from books
    where closing_mrr <> 0
        or closing_accounts <> 0
        or opening_mrr <> 0
        or then_mrr_1m <> 0
        or then_mrr_12m <> 0
    union distinct
    select policy, month, csm_id
    from fte
),

joined as (
    select
        keys.policy,
        keys.month,
        keys.csm_id,
        {%- for measure in measures %}
        coalesce(books.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        fte.fte as csm_fte
    from keys
    left join books on {{ same('keys', 'books', ['policy', 'month', 'csm_id']) }}
    left join fte on {{ same('keys', 'fte', ['policy', 'month', 'csm_id']) }}
),

-- Figures are stored with six decimals. What rounding leaves goes to the largest book, so that the stored parts add up
-- to the stored total.
rounded as (
    select
        {%- for measure in ['closing_mrr', 'opening_mrr'] %}
        round({{ measure }}, 6) as rounded_{{ measure }},
        sum({{ measure }} - round({{ measure }}, 6)) over (partition by policy, month) as left_{{ measure }},
        row_number() over (
            partition by policy, month order by {{ measure }} desc, {{ by_bytes('csm_id') }}
        ) as place_{{ measure }},
        {%- endfor %}
        joined.*
    from joined
),

-- A book at the opening has nobody who came later, whatever the policy measures lost accounts against.
final as (
    select
        rounded.policy,
        rounded.month,
        'csm' as dimension,
        rounded.csm_id as dimension_value,
        calendar.is_provisional,
        rounded.csm_fte,
        rounded.rounded_closing_mrr
        + case rounded.place_closing_mrr when 1 then rounded.left_closing_mrr else 0 end as closing_mrr,
        rounded.rounded_opening_mrr
        + case rounded.place_opening_mrr when 1 then rounded.left_opening_mrr else 0 end as opening_mrr,
        rounded.accounts_then_1m as opening_accounts,
        'opening' as churn_rate_base,
        0 as new_accounts,
        0 as reactivation_accounts,
        0 as joined_and_left_accounts,
        {{ prefixed('rounded', measures[2:]) | join(',\n        ') }}
    from rounded
    inner join {{ ref('int_calendar__months') }} as calendar on rounded.month = calendar.month
)

select * from final
