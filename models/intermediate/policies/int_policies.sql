{%- if execute -%}{% do check_variables() %}{%- endif -%}

select *
from {{ ref('metric_policies') }}
where policy in ('{{ var("metric_policies") | join("', '") }}')
