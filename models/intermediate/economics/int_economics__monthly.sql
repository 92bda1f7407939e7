{%- set segment = ['policy', 'month', 'dimension', 'dimension_value'] -%}
with keys as (
    select policy, month, dimension, dimension_value from {{ ref('int_metrics__monthly') }}
    union distinct
    select policy, month, dimension, dimension_value from {{ ref('int_economics__account_totals') }}
    union distinct
    -- What was spent in a month in which nothing else is there belongs to the year's acquisition cost all the same.
    select policy, month, dimension, dimension_value from {{ ref('int_economics__acquisition') }}
),

ltv as (
    select * from {{ ref('int_metrics__values') }}
    where metric = 'ltv'
),

margins as (
    select * from {{ ref('int_metrics__gross_margin') }}
),

trend as (
    select * from {{ ref('int_economics__arpa_trend') }}
),

joined as (
    select
        keys.*,
        calendar.is_provisional,
        1 as whole,
        {{ days_between('calendar.month', 'calendar.closes_on') }} as days,
        coalesce(figures.has_users, 1 = 0) as has_users,
        coalesce(figures.recognised_revenue, 0) as recognised_revenue,
        -- This and purchase_amount_12m are multiplied with a margin later on, which has decimals of its own.
        cast(coalesce(figures.new_mrr, 0) as {{ type_of('part') }}) as new_mrr,
        coalesce(figures.new_accounts, 0) as new_accounts,
        coalesce(figures.opening_accounts, 0) as opening_accounts,
        coalesce(figures.churn_accounts_3m, 0) as churn_accounts_3m,
        coalesce(figures.opening_accounts_3m, 0) as opening_accounts_3m,
        figures.margin_per_account,
        margins.gross_margin,
        case policies.ltv_margin when 'gross_margin' then margins.gross_margin else 1 end as ltv_margin,
        ltv.value as ltv,
        acquisition.acquisition_cost,
        acquisition.paid_media_cost,
        lifetimes.account_months_at_risk,
        lifetimes.customer_lifetime_months,
        lifetimes.customer_lifetime_median_months,
        concentration.paying_accounts,
        concentration.paying_mrr,
        {%- for top in concentration_tops() %}
        concentration.{{ top.name }}_mrr,
        {%- endfor %}
        {%- for months in [6, 12] %}
        trend_{{ months }}.new_accounts as new_accounts_{{ months }}m,
        trend_{{ months }}.slope_numerator as slope_numerator_{{ months }}m,
        trend_{{ months }}.slope_denominator as slope_denominator_{{ months }}m,
        {%- endfor %}
        -- Those there at the opening are there on all days; who comes and goes counts by the days.
        coalesce(figures.opening_users, 0) * {{ days_between('calendar.month', 'calendar.closes_on') }}
        + coalesce(accounts.changed_user_days, 0) as user_days,
        accounts.customers,
        accounts.customer_months_12m,
        accounts.lapsed_customers_12m,
        accounts.purchases_12m,
        cast(accounts.purchase_amount_12m as {{ type_of('part') }}) as purchase_amount_12m
    from keys
    inner join {{ ref('int_policies') }} as policies on keys.policy = policies.policy
    inner join {{ ref('int_calendar__months') }} as calendar on keys.month = calendar.month
    left join {{ ref('int_metrics__monthly') }} as figures on {{ same('keys', 'figures', segment) }}
    left join margins
        on keys.policy = margins.policy
        and keys.month = margins.month
        and margins.dimension = case keys.dimension when 'billing_entity' then keys.dimension else 'all' end
        and margins.dimension_value = case keys.dimension when 'billing_entity' then keys.dimension_value else 'all' end
    left join ltv on {{ same('keys', 'ltv', segment) }}
    left join {{ ref('int_economics__acquisition') }} as acquisition on {{ same('keys', 'acquisition', segment) }}
    left join {{ ref('int_economics__lifetime_months') }} as lifetimes on {{ same('keys', 'lifetimes', segment) }}
    left join {{ ref('int_economics__concentration') }} as concentration on {{ same('keys', 'concentration', segment) }}
    {%- for months in [6, 12] %}
    left join trend as trend_{{ months }}
        on {{ same('keys', 'trend_' ~ months, segment) }}
        and trend_{{ months }}.window_months = {{ months }}
    {%- endfor %}
    left join {{ ref('int_economics__account_totals') }} as accounts on {{ same('keys', 'accounts', segment) }}
),

final as (
    select
        *,
        {{ exact_quotient('acquisition_cost', 'new_accounts', 6) }} as cac,
        opening_accounts_3m > {{ lifetime_cap_months() }} * churn_accounts_3m as is_lifetime_capped
    from joined
)

select * from final
