with account_shares as (
    select * from {{ ref('int_success__account_shares') }}
),

edges as (
    select account_shares.*, month_from as month, 1 as direction
    from account_shares
    union all
    select account_shares.*, month_to as month, -1 as direction
    from account_shares
),

changes as (
    select
        policy,
        month,
        book,
        months_ago,
        mrr_currency,
        csm_id,
        sum(direction * mrr) as mrr,
        sum(direction * now_mrr) as now_mrr,
        sum(direction * least(mrr, now_mrr)) as kept_mrr,
        sum(direction * accounts) as accounts,
        sum(direction * lost_accounts) as lost_accounts
    from edges
    where month <= {{ as_of_month() }}
    group by policy, month, book, months_ago, mrr_currency, csm_id
),

running as (
    {{ running_totals(
        'changes',
        ['policy', 'book', 'months_ago', 'mrr_currency', 'csm_id'],
        ['mrr', 'now_mrr', 'kept_mrr', 'accounts', 'lost_accounts']
    ) }}
),

rates as (
    {{ rates_with_previous() }}
),

-- Opening MRR is at the rate of the month before, as in the bridge; all else at the rate of the month's end.
valued as (
    select
        running.policy,
        running.month,
        running.csm_id,
        case when running.book = 'retention' then running.months_ago else 0 end as horizon_months,
        running.book,
        running.accounts,
        running.lost_accounts,
        case
            when running.book = 'opening' then {{ in_reporting_currency('running.mrr', 'rates.previous_rate') }}
            else {{ in_reporting_currency('running.mrr', 'rates.rate') }}
        end as mrr,
        {{ in_reporting_currency('running.now_mrr', 'rates.rate') }} as now_mrr,
        {{ in_reporting_currency('running.kept_mrr', 'rates.rate') }} as kept_mrr
    from running
    inner join rates
        on running.mrr_currency = rates.currency
        and running.month = rates.month
),

final as (
    select
        policy,
        month,
        csm_id,
        {%- for horizon in [1, 12] %}
        sum(case horizon_months when {{ horizon }} then mrr else 0 end) as then_mrr_{{ horizon }}m,
        sum(case horizon_months when {{ horizon }} then now_mrr else 0 end) as now_mrr_{{ horizon }}m,
        sum(case horizon_months when {{ horizon }} then kept_mrr else 0 end) as kept_mrr_{{ horizon }}m,
        sum(case horizon_months when {{ horizon }} then accounts else 0 end) as accounts_then_{{ horizon }}m,
        {%- endfor %}
        sum(case horizon_months when 1 then lost_accounts else 0 end) as churn_accounts,
        sum(case book when 'closing' then mrr else 0 end) as closing_mrr,
        sum(case book when 'closing' then accounts else 0 end) as closing_accounts,
        sum(case book when 'opening' then mrr else 0 end) as opening_mrr
    from valued
    group by policy, month, csm_id
)

select * from final
