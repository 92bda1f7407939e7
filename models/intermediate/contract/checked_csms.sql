with {{ identified_rows('csms') }},

judged as (
    select
        identified.*,
        case
            {{ common_reasons('csms', 'identified') }}
            when identified.fte < 0 or identified.fte > {{ largest_fte() }} then 'invalid fte'
            when identified.valid_to < identified.valid_from then 'valid_to before valid_from'
        end as reason
    from identified
),

{{ reject_overlaps('csms', ['csm_id']) }}
