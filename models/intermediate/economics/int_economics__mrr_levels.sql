with periods as (
    select * from {{ ref('int_segments__periods') }}
),

rates as (
    select * from {{ ref('contract_month_rates') }}
),

-- What a month closes with: what the period opens with, up to its last month, in which that changes. (The month before
-- a cut-off history has no figures.)
spans as (
    select periods.*, opening_mrr as mrr, month_from as span_from, {{ add_months('month_to', -1) }} as span_to
    from periods
    union all
    select periods.*, closing_mrr as mrr, {{ add_months('month_to', -1) }} as span_from, month_to as span_to
    from periods
    where movement_type <> 'opening_balance'
),

several_currencies as (
    select distinct policy, billing_entity, account_id
    from periods
    where not is_first_currency
),

mixed_spans as (
    select spans.*
    from spans
    inner join several_currencies
        on {{ same_account('spans', 'several_currencies') }}
),

-- An account with several currencies has one level, month by month, at the rates of the month's end.
valued as (
    select
        mixed_spans.*,
        rates.month,
        sum({{ in_reporting_currency('mixed_spans.mrr', 'rates.rate') }}) over (
            partition by mixed_spans.policy, mixed_spans.billing_entity, mixed_spans.account_id, rates.month
        ) as account_mrr
    from mixed_spans
    inner join rates
        on mixed_spans.mrr_currency = rates.currency
        and mixed_spans.span_from <= rates.month
        and mixed_spans.span_to > rates.month
),

final as (
    select
        spans.policy,
        spans.account_id,
        {{ prefixed('spans', dimensions()) | join(',\n        ') }},
        spans.mrr_currency,
        cast(spans.mrr as {{ type_of('money') }}) as mrr,
        spans.span_from as month_from,
        spans.span_to as month_to
    from spans
    left join several_currencies
        on {{ same_account('spans', 'several_currencies') }}
    where several_currencies.account_id is null
        and spans.mrr > 0
        and spans.span_from < spans.span_to
    union all
    select
        policy,
        account_id,
        {{ dimensions() | join(',\n        ') }},
        {{ as_text_literal(var("reporting_currency")) }} as mrr_currency,
        cast(account_mrr as {{ type_of('money') }}) as mrr,
        month as month_from,
        {{ add_months('month', 1) }} as month_to
    from valued
    where is_first_currency
        and account_mrr > 0
)

select * from final
