with account_months as (
    select
        *,
        min(case when active_users > 0 then month end) over (partition by billing_entity, account_id) as first_month
    from {{ ref('int_usage__account_months') }}
),

-- The last month that is whole: the month itself once it is over, until then the one before.
months as (
    select
        month,
        is_provisional,
        case when is_provisional then {{ add_months('month', -1) }} else month end as last_whole_month
    from {{ ref('int_calendar__months') }}
),

-- A month of use is seen in the months that follow too, as far as a trend reaches back.
seen as (
    {%- for later in range(7) %}
    select account_months.*, {{ add_months('month', later) }} as seen_in from account_months
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

placed as (
    select
        seen.*,
        months.month as shown_month,
        months.is_provisional,
        seen.first_month <= {{ add_months('months.last_whole_month', -5) }} as has_base,
        {{ month_number('months.last_whole_month') }} - {{ month_number('seen.month') }} as whole_months_ago
    from seen
    inner join months
        on seen.seen_in = months.month
),

final as (
    select
        billing_entity,
        account_id,
        shown_month as month,
        is_provisional,
        {%- for measure in usage_measures() if measure != 'minutes' %}
        cast(sum(
            case when month = shown_month then {{ measure }} else 0 end
        ) as {{ type_of('integer') }}) as {{ measure }},
        {%- endfor %}
        cast(sum(case when month = shown_month then minutes end) as {{ type_of('figure') }}) as minutes,
        cast(sum(
            case when whole_months_ago between 0 and 2 then user_days else 0 end
        ) as {{ type_of('integer') }}) as recent_user_days,
        cast(sum(
            case when has_base and whole_months_ago between 3 and 5 then user_days end
        ) as {{ type_of('integer') }}) as base_user_days
    from placed
    where whole_months_ago <= 5
        and (active_users > 0 or month = shown_month)
    group by billing_entity, account_id, shown_month, is_provisional
)

select * from final
