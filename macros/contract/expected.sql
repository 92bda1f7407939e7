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


{#-
    The right form of what a row was rejected for, from the row of the seed contract_columns for the reason's column. The zero
    of a clock is in that form, so it is told by the value.
-#}
{% macro expected_form(reason, value, columns) -%}
    case
            {%- for text, form in reasons_without_column().items() %}
            when {{ reason }} = {{ as_text_literal(text) }} then {{ as_text_literal(form) }}
            {%- endfor %}
            when {{ reason }} like 'invalid %' and ({{ value }} like '1970-01-01%' or {{ value }} like '1969-12-31%')
                then 'another day, as this one is the zero of a clock and means that there is none'
                    || case when {{ columns }}.expected like '%; or empty' then '; or empty' else '' end
            when {{ reason }} like 'unreadable %' or {{ reason }} like 'invalid %' then {{ columns }}.expected
            when {{ reason }} like 'missing % in %' then replace(replace({{ reason }}, 'missing ', 'give '), ' in ', ' of its subscription in ')
            when {{ reason }} like 'missing %' then 'a value: ' || replace({{ columns }}.expected, '; or empty', '')
            when {{ reason }} like 'unknown %'
                then 'an accepted row of ' || {{ columns }}.refers_to || ' with this ' || {{ columns }}.column_name
            when {{ reason }} like '% before %' then replace({{ reason }}, ' before ', ' on or after ') || '; or empty'
        end
{%- endmacro %}
