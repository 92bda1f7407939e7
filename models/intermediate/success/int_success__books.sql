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
    select
        currency,
        month,
        rate,
        coalesce(lag(rate) over (partition by currency order by month), rate) as previous_rate
    from {{ ref('contract_month_rates') }}
),

-- Opening MRR is at the rate of the month before, as in the bridge; all else at the rate of the month's end.
valued as (
    select
        running.*,
        case
            when running.book = 'opening' then {{ in_reporting_currency('running.mrr', 'rates.previous_rate') }}
            else {{ in_reporting_currency('running.mrr', 'rates.rate') }}
        end as valued_mrr,
        {{ in_reporting_currency('running.now_mrr', 'rates.rate') }} as valued_now_mrr,
        {{ in_reporting_currency('running.kept_mrr', 'rates.rate') }} as valued_kept_mrr
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
        sum(case when book = 'closing' then valued_mrr else 0 end) as closing_mrr,
        sum(case when book = 'closing' then accounts else 0 end) as closing_accounts,
        sum(case when book = 'opening' then valued_mrr else 0 end) as opening_mrr,
        sum(case when months_ago = 1 then lost_accounts else 0 end) as churn_accounts
        {%- for horizon in [1, 12] %}
        {%- for measure, column in [('then_mrr', 'valued_mrr'), ('now_mrr', 'valued_now_mrr'), ('kept_mrr', 'valued_kept_mrr'), ('accounts_then', 'accounts')] %},
        sum(case when book = 'retention' and months_ago = {{ horizon }} then {{ column }} else 0 end) as {{ measure }}_{{ horizon }}m
        {%- endfor %}
        {%- endfor %}
    from valued
    group by policy, month, csm_id
)

select * from final
