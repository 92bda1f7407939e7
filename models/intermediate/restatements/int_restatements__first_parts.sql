{{ kept_for_good() }}

with new_figures as (
    {{ reported_now(['policy', 'month', 'metric']) }}
        and {{ is_kept_apart('month') }}
),

{{ parts_by_label('new_figures', 'parts') }},

final as (
    select
        policy,
        month,
        metric,
        billing_entity,
        account_id,
        numerator,
        denominator,
        {{ reported_by() }}
    from parts
    {{ not_kept_yet('parts', ['policy', 'month', 'metric']) }}
)

select * from final
