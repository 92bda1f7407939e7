with {{ identified_rows('csm_assignments') }},

accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
),

reps as (
    select distinct csm_id from {{ ref('contract_csms') }}
),

judged as (
    select
        identified.*,
        case
            {{ common_reasons('csm_assignments', 'identified') }}
            when identified.share <= 0 or identified.share > 1 then 'invalid share'
            when identified.valid_to < identified.valid_from then 'valid_to before valid_from'
            when accounts.account_id is null then 'unknown account_id'
            {%- if systems_in_use('csms') %}
            when reps.csm_id is null then 'unknown csm_id'
            {%- endif %}
        end as reason
    from identified
    left join accounts
        on identified.billing_entity = accounts.billing_entity
        and identified.account_id = accounts.account_id
    left join reps
        on identified.csm_id = reps.csm_id
),

{{ reject_overlaps('csm_assignments', ['billing_entity', 'account_id', 'csm_id']) }}
