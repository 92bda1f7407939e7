{#- The advice on reasons that are about no column of their own. -#}
{% macro reasons_without_column() -%}
    {{ return({
        'unknown currency': "a currency (ISO 4217) with rates into " ~ var('reporting_currency') ~ " in exchange_rates",
        'overlapping terms': "terms that follow each other: valid_from on or after the valid_to of the term before",
        'duplicate row': "nothing to mend: another copy of the row counts",
        'never in force': "nothing to mend: a term that ends as it begins counts for no time",
        'superseded': "nothing to mend: a newer version of the row counts",
        'conflicting versions': "one version of the row, or a loaded_at that says which is the newest",
    }) }}
{%- endmacro %}


{#- The right form of what a row was rejected for, from the row of the seed contract_columns for the reason's column. -#}
{% macro expected_form(reason, columns) -%}
    case
            {%- for text, form in reasons_without_column().items() %}
            when {{ reason }} = {{ as_text_literal(text) }} then {{ as_text_literal(form) }}
            {%- endfor %}
            when {{ reason }} like 'unreadable %' or {{ reason }} like 'invalid %' then {{ columns }}.expected
            when {{ reason }} like 'missing % in %' then replace(replace({{ reason }}, 'missing ', 'give '), ' in ', ' of its subscription in ')
            when {{ reason }} like 'missing %' then 'a value: ' || {{ columns }}.expected
            when {{ reason }} like 'unknown %'
                then 'an accepted row of ' || {{ columns }}.refers_to || ' with this ' || {{ columns }}.column_name
            when {{ reason }} like '% before %' then replace({{ reason }}, ' before ', ' on or after ') || '; or empty'
        end
{%- endmacro %}
