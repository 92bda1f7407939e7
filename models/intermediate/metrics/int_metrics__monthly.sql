{%- set parts = ['int_metrics__mrr', 'int_metrics__account_totals', 'int_metrics__revenue'] -%}
with figures as (
    {%- for part in parts %}
    select policy, month, dimension, dimension_value from {{ ref(part) }}
    {{- '\n    union distinct' if not loop.last }}
    {%- endfor %}
),

-- The company as a whole has a row for each month, also where there is nothing in one.
keys as (
    select policy, month, dimension, dimension_value from figures
    union distinct
    select policies.policy, calendar.month, 'all' as dimension, 'all' as dimension_value
    from {{ ref('int_policies') }} as policies
    cross join {{ ref('int_calendar__months') }} as calendar
    where calendar.month >= (select min(figures.month) from figures)
),

retention as (
    select * from {{ ref('int_metrics__retention') }}
),

margins as (
    select * from {{ ref('int_metrics__gross_margin') }}
),

coverage as (
    select count(*) > 0 as has_users from {{ ref('int_users__balances') }}
),

joined as (
    select
        keys.*,
        calendar.is_provisional,
        policies.churn_rate_base,
        policies.net_churn,
        policies.ltv_margin,
        policies.ltv_without_churn,
        coverage.has_users,
        1 as whole,
        {%- for measure in ['opening_mrr', 'fx_mrr', 'closing_mrr', 'opening_accounts', 'closing_accounts'] %}
        coalesce(mrr.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        {%- for type, _ in movement_types() %}
        coalesce(mrr.{{ type }}_mrr, 0) as {{ type }}_mrr,
        coalesce(mrr.{{ type }}_accounts, 0) as {{ type }}_accounts,
        {%- endfor %}
        {%- for measure in ['users', 'opening_users', 'joined_and_left_accounts', 'pending_mrr'] %}
        coalesce(accounts.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        coalesce(revenue.recognised_revenue, 0) as recognised_revenue,
        coalesce(revenue.recurring_revenue, 0) as recurring_revenue,
        {%- for horizon in [1, 12] %}
        {%- for measure in ['then_mrr', 'now_mrr', 'kept_mrr', 'accounts_then'] %}
        coalesce(retention_{{ horizon }}.{{ measure }}, 0) as {{ measure }}_{{ horizon }}m,
        {%- endfor %}
        {%- endfor %}
        margins.recurring_cost,
        case
            when keys.dimension in ('all', 'billing_entity') then margins.gross_margin
            else whole.gross_margin
        end as gross_margin
    from keys
    cross join coverage
    inner join {{ ref('int_policies') }} as policies on keys.policy = policies.policy
    inner join {{ ref('int_calendar__months') }} as calendar on keys.month = calendar.month
    left join {{ ref('int_metrics__mrr') }} as mrr
        on {{ same('keys', 'mrr', ['policy', 'month', 'dimension', 'dimension_value']) }}
    left join {{ ref('int_metrics__account_totals') }} as accounts
        on {{ same('keys', 'accounts', ['policy', 'month', 'dimension', 'dimension_value']) }}
    left join {{ ref('int_metrics__revenue') }} as revenue
        on {{ same('keys', 'revenue', ['policy', 'month', 'dimension', 'dimension_value']) }}
    {%- for horizon in [1, 12] %}
    left join retention as retention_{{ horizon }}
        on {{ same('keys', 'retention_' ~ horizon, ['policy', 'month', 'dimension', 'dimension_value']) }}
        and retention_{{ horizon }}.horizon_months = {{ horizon }}
    {%- endfor %}
    left join margins
        on {{ same('keys', 'margins', ['policy', 'month', 'dimension', 'dimension_value']) }}
    left join margins as whole
        on keys.policy = whole.policy
        and keys.month = whole.month
        and whole.dimension = 'all'
),

-- Lifetime value takes the churn of three months together: one month of it is mostly chance.
pooled as (
    select
        *,
        sum(churn_accounts) over ({{ last_three_months() }}) as churn_accounts_3m,
        sum(opening_accounts) over ({{ last_three_months() }}) as opening_accounts_3m
    from joined
),

judged as (
    select
        *,
        {{ [
            'opening_mrr', 'closing_mrr', 'recognised_revenue', 'users', 'opening_users', 'joined_and_left_accounts',
            'pending_mrr', 'then_mrr_1m', 'then_mrr_12m',
        ] | join(' <> 0 or ') }} <> 0 as has_figures
    from pooled
),

-- A user who came and went within a month leaves a row without figures: no company begins with it.
final as (
    select
        *,
        has_figures
        or (dimension = 'all' and month >= min(case when has_figures then month end) over ()) as is_reported,
        {{ safe_ratio('churn_accounts_3m', 'opening_accounts_3m') }} as pooled_churn_rate,
        -- What is multiplied with months and accounts later on has more decimals than what is stored of it in the end.
        cast(
            cast({{ exact_quotient('closing_mrr', 'closing_accounts', 12) }} as {{ type_of('part') }})
            * case ltv_margin when 'gross_margin' then gross_margin else 1 end as {{ type_of('part') }}
        ) as margin_per_account
    from judged
)

select * from final
