-- Fails when the unclassified share of what is billed is above the variable unclassified_tolerance.
with billed as (
    select
        sum(case when revenue_class = 'unclassified' then abs(amount) else 0 end) as unclassified,
        sum(abs(amount)) as total
    from {{ ref('fct_revenue_lines') }}
)

select unclassified, total
from billed
where unclassified > total * {{ var('unclassified_tolerance') }}
