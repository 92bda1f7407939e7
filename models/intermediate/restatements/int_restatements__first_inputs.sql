{{ kept_for_good() }}

with new_figures as (
    {{ reported_now(['policy', 'month']) }}
),

final as (
    select
        inputs.policy,
        inputs.month,
        inputs.rates_hash,
        inputs.classification_hash,
        inputs.definition_hash,
        {{ reported_by() }}
    from {{ ref('int_restatements__inputs') }} as inputs
    inner join new_figures
        on inputs.policy = new_figures.policy
        and inputs.month = new_figures.month
    {{ not_kept_yet('inputs', ['policy', 'month']) }}
)

select * from final
