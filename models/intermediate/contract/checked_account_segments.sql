with {{ identified_rows('account_segments') }},

accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
),

judged as (
    select
        identified.*,
        case
            {{ common_reasons('account_segments', 'identified') }}
            when identified.valid_to < identified.valid_from then 'valid_to before valid_from'
            when accounts.account_id is null then 'unknown account_id'
        end as reason
    from identified
    left join accounts
        on identified.billing_entity = accounts.billing_entity
        and identified.account_id = accounts.account_id
),

{{ reject_overlaps('account_segments', ['billing_entity', 'account_id', 'segment_name']) }}
