{%- set part = ['policy', 'month', 'metric', 'billing_entity', 'account_id'] -%}
with restated as (
    select policy, month, metric, current_numerator
    from {{ ref('int_restatements__differences') }}
    where dimension = 'all'
        and {{ is_kept_apart('month') }}
        and month in (
            select month from {{ ref('int_restatements__months') }}
            where kept_by <> 'all'
        )
),

-- Whoever had no part of a figure that was kept apart had none.
first_parts as (
    select parts.*
    from {{ ref('int_restatements__first_parts') }} as parts
    inner join restated on {{ same('parts', 'restated', ['policy', 'month', 'metric']) }}
    where {{ was_reported('parts') }}
),

figures_of_today as (
    select * from restated
    where current_numerator is not null
),

{{ parts_by_label('figures_of_today', 'current_parts') }},

differences as (
    select
        {%- for column in part %}
        coalesce(first_parts.{{ column }}, current_parts.{{ column }}) as {{ column }},
        {%- endfor %}
        coalesce(current_parts.numerator, 0) - coalesce(first_parts.numerator, 0) as numerator,
        coalesce(current_parts.denominator, 0) - coalesce(first_parts.denominator, 0) as denominator
    from first_parts
    full outer join current_parts on {{ same('first_parts', 'current_parts', part) }}
),

months as (
    select * from {{ ref('int_restatements__month_changes') }}
),

-- An account, or a group, none of whose rows changed follows the month: another one, a rate or a definition did it.
flagged as (
    select
        differences.*,
        {%- for flag, _ in restatement_reasons()[:3] %}
        coalesce(row_changes.{{ flag }}, 0) as {{ flag }},
        {%- endfor %}
        {%- for flag, _ in restatement_reasons()[3:] %}
        months.{{ flag }},
        {%- endfor %}
        months.reason as month_reason
    from differences
    inner join months
        on differences.policy = months.policy
        and differences.month = months.month
    left join {{ ref('int_restatements__row_changes') }} as row_changes
        on {{ same_account('differences', 'row_changes') }}
        and differences.month = row_changes.month
    where differences.numerator <> 0
        or differences.denominator <> 0
),

final as (
    select
        policy,
        month,
        metric,
        billing_entity,
        account_id,
        coalesce({{ restatement_reason('flagged') }}, month_reason) as reason,
        numerator,
        denominator
    from flagged
)

select * from final
