{#-
    What an account's tables are built from, as hashes of its accepted rows: their contents, and which of their dates are
    still to come on the as-of date, since figures change when one is reached, though the row doesn't.
-#}
{% macro fingerprints(table) -%}
    {%- set columns = contract_columns(table) | rejectattr('name', 'in', ['source_system', 'loaded_at']) | list -%}
    {%- set dates = columns | selectattr('kind', 'in', ['date', 'timestamp']) | map(attribute='name') | list -%}
    {%- set content = ["'" ~ table ~ "'"] + prefixed('facts', columns | map(attribute='name') | list) -%}
    {%- set to_come = dates_to_come(table, dates) -%}
    select
        facts.billing_entity,
        {{ account_of_facts(table) }} as account_id,
        {{ comparison_hash(content) }} as content_hash,
        case
            when {{ to_come }} <> '' then {{ comparison_hash(content + [to_come]) }}
            else 0
        end as phase_hash
    from {{ ref('contract_' ~ table) }} as facts
    {{- joins_of_facts(table) }}
{%- endmacro %}


{#- The dates of a row that are to come, by their names. A discount that applies once ends by itself, so every day may be it. -#}
{% macro dates_to_come(table, dates) -%}
    {%- set names = [] -%}
    {%- for date in dates -%}
        {%- do names.append("case when facts." ~ date ~ " >= " ~ as_of_cutoff() ~ " then '" ~ date ~ "' else '' end") -%}
    {%- endfor -%}
    {%- if table == 'discounts' -%}
        {%- do names.append("case when facts.duration = 'once' and facts.valid_to is null then '" ~ as_of_date() ~ "' else '' end") -%}
    {%- endif -%}
    {{ names | join(' || ') }}
{%- endmacro %}
