with scores as (
    select * from {{ ref('int_voice__account_scores') }}
    where survey_type = 'relationship' and scale = '0 to 10' and is_latest_of_month
),

-- What an account said holds until it says something else, and for no more than a year.
classes as (
    select
        policy,
        billing_entity,
        account_id,
        nps_class,
        month as month_from,
        least(
            coalesce(
                lead(month) over (partition by policy, billing_entity, account_id order by month), {{ end_of_time() }}
            ),
            {{ add_months('month', 12) }}
        ) as month_to
    from scores
),

final as (
    select
        classes.policy,
        classes.account_id,
        classes.nps_class,
        {{ prefixed('periods', dimensions()) | join(',\n        ') }},
        balances.currency as mrr_currency,
        balances.closing_mrr as mrr,
        greatest(classes.month_from, balances.month_from, periods.month_from) as month_from,
        least(classes.month_to, balances.month_to, periods.month_to) as month_to
    from classes
    inner join {{ ref('int_mrr__balances') }} as balances
        on {{ same_account('classes', 'balances') }}
        and classes.month_from < balances.month_to
        and classes.month_to > balances.month_from
    inner join {{ ref('int_segments__periods') }} as periods
        on {{ same_account('classes', 'periods') }}
        and periods.is_first_currency
        and greatest(classes.month_from, balances.month_from) < periods.month_to
        and least(classes.month_to, balances.month_to) > periods.month_from
)

select * from final
