{{ config(materialized='incremental', full_refresh=false, on_schema_change='append_new_columns', pre_hook='{{ forget_unpublished() }}') }}

with figures as (
    select distinct month from {{ ref('int_restatements__first_figures') }}
),

kept as (
    {{ kept_so_far(['month']) }}
),

new_months as (
    select figures.month
    from figures
    left join kept on figures.month = kept.month
    where kept.month is null
),

facts as (
    select
        new_months.month,
        facts.billing_entity,
        case when {{ has_parts_kept('new_months.month') }} then facts.account_id else {{ all_accounts() }} end as account_id,
        facts.source_rows,
        facts.key_hash,
        facts.content_hash
    from new_months
    inner join {{ ref('int_restatements__facts') }} as facts
        on new_months.month >= facts.month_from
        and new_months.month < facts.month_to
),

final as (
    select
        month,
        billing_entity,
        account_id,
        {{ sums_of_facts() }},
        {{ reported_by() }}
    from facts
    group by month, billing_entity, account_id
)

select * from final
