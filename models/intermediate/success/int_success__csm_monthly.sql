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
        {%- for measure in ['closing_accounts', 'churn_accounts'] %}
        coalesce(books.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        {%- for measure in ['then_mrr', 'now_mrr', 'kept_mrr', 'accounts_then'] %}
        coalesce(books.{{ measure }}_1m, 0) as {{ measure }}_1m,
        coalesce(books.{{ measure }}_12m, 0) as {{ measure }}_12m,
        {%- endfor %}
        {%- for measure in ['closing_mrr', 'opening_mrr'] %}
        coalesce(books.{{ measure }}, 0) as {{ measure }},
        row_number() over (
            partition by keys.policy, keys.month
            order by coalesce(books.{{ measure }}, 0) desc, {{ by_bytes('keys.csm_id') }}
        ) as {{ measure }}_place,
        {%- endfor %}
        fte.fte as csm_fte
    from keys
    left join books on {{ same('keys', 'books', ['policy', 'month', 'csm_id']) }}
    left join fte on {{ same('keys', 'fte', ['policy', 'month', 'csm_id']) }}
),

-- Figures are stored with six decimals. What the others' rounding leaves goes to the largest book, so that the stored
-- parts add up to the stored total.
final as (
    select
        joined.policy,
        joined.month,
        'csm' as dimension,
        joined.csm_id as dimension_value,
        calendar.is_provisional,
        joined.csm_fte,
        joined.closing_accounts,
        joined.accounts_then_1m as opening_accounts,
        joined.churn_accounts,
        -- A book at the opening has nobody who came later, whatever the policy measures lost accounts against.
        'opening' as churn_rate_base,
        0 as new_accounts,
        0 as reactivation_accounts,
        0 as joined_and_left_accounts,
        {%- for measure in ['then_mrr', 'now_mrr', 'kept_mrr', 'accounts_then'] %}
        joined.{{ measure }}_1m,
        joined.{{ measure }}_12m,
        {%- endfor %}
        {%- for measure in ['closing_mrr', 'opening_mrr'] %}
        round(joined.{{ measure }}, 6) + case joined.{{ measure }}_place
            when 1 then sum(joined.{{ measure }} - round(joined.{{ measure }}, 6)) over (
                partition by joined.policy, joined.month
            )
            else 0
        end as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from joined
    inner join {{ ref('int_calendar__months') }} as calendar on joined.month = calendar.month
)

select * from final
