{#-
    A text to sort by where the order decides a figure: by its bytes, on every engine alike. A Postgres database sorts
    by the rules of its own language otherwise ('a' before 'B').
-#}
{% macro by_bytes(expression) -%}
    {{ adapter.dispatch('by_bytes', 'cs_metrics')(expression) }}
{%- endmacro %}

{% macro default__by_bytes(expression) -%}
    {{ expression }}
{%- endmacro %}

{% macro postgres__by_bytes(expression) -%}
    {{ expression }} collate "C"
{%- endmacro %}

{% macro redshift__by_bytes(expression) -%}
    {{ expression }}
{%- endmacro %}
