{#-
    The rows of a contract table, counted by system, day of arrival and outcome, with the latest arrival among them and
    the latest day that accepted ones tell of; what is dated after the as-of date (terms to come) says nothing of that.
-#}
{% macro arrivals_of(table) -%}
    {%- set business_date = contract_business_date(table) -%}
    select
        source_system,
        '{{ table }}' as table_name,
        cast(loaded_at as date) as loaded_on,
        coalesce(rejection_reason, 'accepted') as reason,
        count(*) as row_count,
        max(loaded_at) as last_loaded_at,
        {% if business_date -%}
        max(case when rejection_reason is null and {{ business_date }} < {{ as_of_cutoff() }} then cast({{ business_date }} as date) end)
        {%- else -%}
        cast(null as date)
        {%- endif %} as last_business_date
    from {{ ref('checked_' ~ table) }}
    group by source_system, cast(loaded_at as date), rejection_reason
{%- endmacro %}
