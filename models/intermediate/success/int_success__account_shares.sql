with periods as (
    select * from {{ ref('int_segments__periods') }}
),

-- A period's months close as they open, but for the last one, in which its movement falls.
closings as (
    select
        periods.*,
        month_from as closing_from,
        case
            when movement_type in ('none', 'opening_balance') then month_to
            else {{ add_months('month_to', -1) }}
        end as closing_to,
        opening_mrr as mrr,
        is_paying as pays
    from periods
    union all
    select
        periods.*,
        {{ add_months('month_to', -1) }} as closing_from,
        month_to as closing_to,
        closing_mrr as mrr,
        movement_type in ('new', 'reactivation') or (is_paying and movement_type <> 'churn') as pays
    from periods
    where movement_type not in ('none', 'opening_balance')
),

-- months_ago: how long before a month's end it is that counts who had the account.
amounts as (
    {%- for book, months_ago, mrr, now_mrr, accounts, currency, month_from, month_to, relation in [
        ('closing', '0', 'mrr', '0', 'case when pays and is_first_currency then 1 else 0 end', 'mrr_currency', 'closing_from', 'closing_to', 'closings'),
        ('opening', '1', 'opening_mrr', '0', '0', 'mrr_currency', 'month_from', 'month_to', 'periods'),
        ('retention', 'horizon_months', 'then_mrr', 'now_mrr', '1', 'mrr_currency', 'month_from', 'month_to', ref('int_retention__pairs')),
    ] %}
    select
        '{{ book }}' as book,
        {{ months_ago }} as months_ago,
        policy,
        account_id,
        {{ dimensions() | join(',\n        ') }},
        {{ currency }} as mrr_currency,
        {{ month_from }} as month_from,
        {{ month_to }} as month_to,
        cast({{ mrr }} as {{ type_of('money') }}) as mrr,
        cast({{ now_mrr }} as {{ type_of('money') }}) as now_mrr,
        {{ accounts }} as accounts
    from {{ relation }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        amounts.policy,
        {{ prefixed('amounts', dimensions()) | join(',\n        ') }},
        amounts.account_id,
        assignments.csm_id,
        amounts.book,
        amounts.months_ago,
        amounts.mrr_currency,
        greatest(amounts.month_from, {{ add_months('assignments.month_from', 'amounts.months_ago') }}) as month_from,
        least(amounts.month_to, {{ add_months('assignments.month_to', 'amounts.months_ago') }}) as month_to,
        cast({{ part_of_account('amounts.mrr', 'assignments') }} as {{ type_of('money') }}) as mrr,
        cast({{ part_of_account('amounts.now_mrr', 'assignments') }} as {{ type_of('money') }}) as now_mrr,
        assignments.share * amounts.accounts as accounts,
        case
            when amounts.book = 'retention' and amounts.now_mrr <= 0 then assignments.share * amounts.accounts
            else 0
        end as lost_accounts
    from amounts
    inner join {{ ref('int_success__assignments') }} as assignments
        on amounts.billing_entity = assignments.billing_entity
        and amounts.account_id = assignments.account_id
        and amounts.month_from < {{ add_months('assignments.month_to', 'amounts.months_ago') }}
        and amounts.month_to > {{ add_months('assignments.month_from', 'amounts.months_ago') }}
    where amounts.month_from < amounts.month_to
        and (amounts.mrr <> 0 or amounts.accounts <> 0)
)

select * from final
