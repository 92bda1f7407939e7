-- What a source has entered for later says nothing of how fresh it is.
select
    source_system,
    table_name,
    last_business_date
from {{ ref('source_freshness') }}
where last_business_date > cast('{{ as_of_date() }}' as date)
