with segmented as (
    select * from {{ ref('int_usage__segmented_months') }}
),

concentration as (
    select * from {{ ref('int_usage__concentration') }}
),

seats as (
    select policy, month, dimension, dimension_value, licensed_seats
    from {{ ref('int_metrics__account_totals') }}
    where licensed_seats <> 0
),

time_to_value as (
    select * from {{ ref('int_usage__time_to_value') }}
),

months as (
    select * from {{ ref('int_calendar__months') }}
    where month >= (select min(first_month) from {{ ref('int_usage__coverage') }})
),

used as (
    select
        segmented.policy,
        segmented.month,
        {{ dimension_columns('segmented') }},
        {%- for measure in usage_measures() %}
        sum(segmented.{{ measure }}) as {{ measure }},
        {%- endfor %}
        sum(case when segmented.active_users > 0 then 1 else 0 end) as active_accounts
    from segmented
    {{ group_by_dimensions('segmented', ['segmented.policy', 'segmented.month']) }}
),

keys as (
    select policies.policy, months.month, 'all' as dimension, 'all' as dimension_value
    from months
    cross join {{ ref('int_policies') }} as policies
    {%- for part in ['used', 'seats', 'time_to_value'] %}
    union distinct
    select policy, month, dimension, dimension_value from {{ part }}
    {%- endfor %}
),

final as (
    select
        keys.policy,
        keys.month,
        keys.dimension,
        keys.dimension_value,
        months.is_provisional,
        1 as whole,
        {{ days_between('months.month', 'months.closes_on') }} as days,
        {%- for measure in usage_measures() + ['active_accounts'] %}
        coalesce(used.{{ measure }}, 0) as {{ measure }},
        {%- endfor %}
        {%- for ranked, top, _ in usage_tops() %}
        coalesce(concentration.{{ top }}_{{ ranked }}_event_count, 0) as {{ top }}_{{ ranked }}_event_count,
        {%- endfor %}
        coalesce(seats.licensed_seats, 0) as licensed_seats,
        coalesce(time_to_value.started_accounts, 0) as started_accounts,
        coalesce(time_to_value.reached_accounts, 0) as reached_accounts,
        time_to_value.median_days_to_value
    from keys
    inner join months on keys.month = months.month
    {%- for part in ['used', 'concentration', 'seats', 'time_to_value'] %}
    left join {{ part }}
        on {{ same('keys', part, ['policy', 'month', 'dimension', 'dimension_value']) }}
    {%- endfor %}
)

select * from final
