{{ config(pre_hook='{{ match_segment_columns() }}') }}
{{ built_by_account() }}

with periods as (
    select * from {{ ref('int_mrr__periods') }} as all_periods
    where {{ is_changed('all_periods') }}
),

spans as (
    select * from {{ ref('int_segments__account_spans') }}
),

accounts as (
    select * from {{ ref('int_accounts__attributes') }}
),

main_items as (
    select * from {{ ref('int_segments__main_items') }}
),

products as (
    select billing_entity, product_id, product_name from {{ ref('contract_products') }}
),

spend_bands as (
    select * from {{ ref('segment_bands') }}
    where dimension = 'spend_band'
),

-- A period is cut where an attribute of its account changes. A month's segment is the one at its opening; for an
-- account that starts in the month, the one it has then.
cut as (
    select
        periods.*,
        {%- for segment in segment_columns() %}
        spans.{{ segment }},
        {%- endfor %}
        case
            when periods.is_start then periods.month_from
            else greatest(periods.month_from, spans.opening_from)
        end as cut_from,
        case
            when periods.is_start then periods.month_to
            else least(periods.month_to, spans.opening_to)
        end as cut_to
    from periods
    inner join spans
        on periods.billing_entity = spans.billing_entity
        and periods.account_id = spans.account_id
        and case when periods.is_start then spans.closing_from else spans.opening_from end < periods.month_to
        and case when periods.is_start then spans.closing_to else spans.opening_to end > periods.month_from
),

final as (
    select
        cut.policy,
        cut.billing_entity,
        cut.account_id,
        cut.mrr_currency,
        cut.is_first_currency,
        cut.cut_from as month_from,
        cut.cut_to as month_to,
        cut.is_start,
        cut.is_paying,
        cut.opening_mrr,
        case when cut.cut_to = cut.month_to then cut.closing_mrr else cut.opening_mrr end as closing_mrr,
        case when cut.cut_to = cut.month_to then cut.movement_type else 'none' end as movement_type,
        {%- for segment in segment_columns() %}
        cut.{{ segment }},
        {%- endfor %}
        accounts.country,
        accounts.region,
        accounts.industry,
        accounts.employee_band,
        coalesce(spend_bands.band, '(none)') as spend_band,
        coalesce(main_items.plan_id, '(none)') as plan,
        coalesce(products.product_name, main_items.product_id, '(none)') as product,
        coalesce(main_items.currency, accounts.billing_currency, '(none)') as currency
    from cut
    inner join accounts
        on cut.billing_entity = accounts.billing_entity
        and cut.account_id = accounts.account_id
    left join main_items
        on {{ same_account('cut', 'main_items') }}
        and cut.state_month = main_items.month
    left join products
        on main_items.billing_entity = products.billing_entity
        and main_items.product_id = products.product_id
    left join spend_bands
        on cut.state_mrr > 0
        and cut.state_mrr >= spend_bands.lower_bound
        and cut.state_mrr < coalesce(spend_bands.upper_bound, cut.state_mrr + 1)
    where cut.cut_from < cut.cut_to
)

select * from final
