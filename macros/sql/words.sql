{#-
    A text as its words: in lower case, punctuation and line breaks made blanks, a blank before and after. So whole words
    and phrases are found with dbt.position, which every engine has; regular expressions differ from one to the next.
    The quotation mark stands as its code because in a literal it means different things on different engines.
-#}
{% macro words_of(text) -%}
    {%- set marks = '.,;:!?()[]{}<>"/*+=|&#_-–—…“”„‘’«»¡¿' -%}
    {%- set codes = [39, 92, 9, 10, 13] -%}
    ' ' || translate(
        lower({{ text }}),
        '{{ marks }}'{% for code in codes %} || chr({{ code }}){% endfor %},
        '{{ ' ' * (marks | length + codes | length) }}'
    ) || ' '
{%- endmacro %}
