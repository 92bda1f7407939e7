with terms as (
    select
        *,
        row_number() over (partition by csm_id order by valid_from desc) as recency,
        min(valid_from) over (partition by csm_id) as started_at
    from {{ ref('contract_csms') }}
    where valid_from < {{ as_of_cutoff() }}
),

final as (
    select
        csm_id,
        coalesce(csm_name, csm_id) as csm_name,
        team,
        fte,
        started_at,
        valid_to is null or valid_to >= {{ as_of_cutoff() }} as is_active
    from terms
    where recency = 1
)

select * from final
