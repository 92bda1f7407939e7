{#-
    The first branches of every checked_<table>'s CASE: repeated keys, unreadable values, required columns that are
    empty, days and instants that can't be true.
-#}
{% macro common_reasons(table, alias) -%}
when {{ alias }}.key_reason is not null then {{ alias }}.key_reason
            when {{ alias }}.unreadable_column is not null then 'unreadable ' || {{ alias }}.unreadable_column
    {%- for column in contract_columns(table) if column.required %}
            when {{ alias }}.{{ column.name }} is null then 'missing {{ column.name }}'
    {%- endfor %}
    {%- for column in contract_columns(table) if column.kind in ('date', 'timestamp') and column.name != 'loaded_at' and not column.is_label %}
            when {{ is_absurd(alias ~ '.' ~ column.name, column.kind) }} then 'invalid {{ column.name }}'
    {%- endfor %}
{%- endmacro %}


{#- The contract's columns of a checked row, and what it needs besides to be shown as the source has it. -#}
{% macro checked_columns(table, alias) -%}
    {%- for column in contract_columns(table) %}
    {{ alias }}.{{ column.name }},
    {%- endfor %}
    {{ alias }}.unreadable_column,
    {{ alias }}.unreadable_value,
    {{ alias }}.emptied,
    {%- if vocabulary_column(table) %}
    {{ alias }}.written_word,
    {%- endif %}
{%- endmacro %}


{#- The accepted rows of a checked table, and what its model has found out besides the contract's columns. -#}
{% macro accepted_rows(table, found=[]) -%}
    {{- config(materialized='view') -}}
select
    {%- for column in contract_columns(table) %}
    {{ column.name }}{{ ',' if found or not loop.last }}
    {%- else %}
    *
    {%- endfor %}
    {{- '\n    ' ~ found | join(',\n    ') if found and execute }}
from {{ ref('checked_' ~ table) }}
where rejection_reason is null
{%- endmacro %}


{#-
    What a checked_<table> whose rows are terms ends with. `judged` holds its rows with the reason found so far; a term
    that begins inside an earlier one with the same key overlaps it. Terms that are rejected already take no time, and
    only keys with several terms are sorted.
-#}
{% macro reject_overlaps(table, key) -%}
terms_per_key as (
    select {{ key | join(', ') }}
    from judged
    where reason is null
    group by {{ key | join(', ') }}
    having count(*) > 1
),

terms as (
    select
        {%- for column in key %}
        judged.{{ column }},
        {%- endfor %}
        judged.valid_from,
        max(coalesce(judged.valid_to, cast({{ end_of_time() }} as timestamp))) over (
            partition by {% for column in key %}judged.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
            order by judged.valid_from
            rows between unbounded preceding and 1 preceding
        ) as taken_until
    from judged
    inner join terms_per_key
        on {% for column in key %}judged.{{ column }} = terms_per_key.{{ column }}{{ '\n        and ' if not loop.last }}{% endfor %}
    where judged.reason is null
),

overlapping_terms as (
    select {{ key | join(', ') }}, valid_from
    from terms
    where valid_from < taken_until
)

select
    {{ checked_columns(table, 'judged') }}
    case
        when judged.reason is not null then judged.reason
        when overlapping_terms.valid_from is not null then 'overlapping terms'
    end as rejection_reason
from judged
left join overlapping_terms
    on {% for column in key %}judged.{{ column }} = overlapping_terms.{{ column }}
    and {% endfor %}judged.valid_from = overlapping_terms.valid_from
{%- endmacro %}
