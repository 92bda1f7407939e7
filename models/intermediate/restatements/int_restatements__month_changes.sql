with first_inputs as (
    select * from {{ ref('int_restatements__first_inputs') }}
    where {{ was_reported() }}
),

row_changes as (
    select
        policy,
        month,
        max(has_late_row) as has_late_row,
        max(has_changed_row) as has_changed_row,
        max(has_deleted_row) as has_deleted_row
    from {{ ref('int_restatements__row_changes') }}
    group by policy, month
),

flagged as (
    select
        first_inputs.policy,
        first_inputs.month,
        {%- for flag in ['has_late_row', 'has_changed_row', 'has_deleted_row'] %}
        coalesce(row_changes.{{ flag }}, 0) as {{ flag }},
        {%- endfor %}
        {{ as_flag(is_other('first_inputs.classification_hash', 'inputs.classification_hash')) }} as has_other_class,
        {{ as_flag(is_other('first_inputs.rates_hash', 'inputs.rates_hash')) }} as has_other_rate,
        {{ as_flag(is_other('first_inputs.definition_hash', 'inputs.definition_hash')) }} as has_other_definition
    from first_inputs
    inner join {{ ref('int_restatements__inputs') }} as inputs
        on first_inputs.policy = inputs.policy
        and first_inputs.month = inputs.month
    left join row_changes
        on first_inputs.policy = row_changes.policy
        and first_inputs.month = row_changes.month
)

-- Same rows, same rates, same classes: only the definition can be another one.
select
    flagged.*,
    coalesce({{ restatement_reason('flagged') }}, 'changed definition or policy') as reason
from flagged
