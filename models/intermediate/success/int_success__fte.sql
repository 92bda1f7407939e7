with terms as (
    select
        csm_id,
        fte,
        {{ month_reached('valid_from') }} as month_from,
        {{ month_reached('valid_to') }} as month_to
    from {{ ref('contract_csms') }}
)

select
    terms.csm_id,
    months.month,
    terms.fte
from terms
inner join {{ ref('int_calendar__months') }} as months
    on terms.month_from <= months.month
    and terms.month_to > months.month
