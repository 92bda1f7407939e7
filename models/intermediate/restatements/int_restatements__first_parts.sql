{{ kept_for_good() }}

with new_figures as (
    {{ reported_now(['policy', 'month', 'metric']) }}
),

final as (
    select
        parts.policy,
        parts.month,
        parts.metric,
        parts.billing_entity,
        parts.account_id,
        parts.numerator,
        parts.denominator,
        {{ reported_by() }}
    from {{ ref('int_restatements__recent_parts') }} as parts
    inner join new_figures on {{ same('parts', 'new_figures', ['policy', 'month', 'metric']) }}
    {{ not_kept_yet('parts', ['policy', 'month', 'metric']) }}
)

select * from final
