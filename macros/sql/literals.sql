{#-
    A text as a literal of the engine's SQL: the one way for a variable, or a text that isn't a word of our own, into a query. A
    quotation mark in it ends nothing, nor does a backslash where that is an escape character.
-#}
{% macro as_text_literal(text) -%}
    {{ return(dbt.string_literal(dbt.escape_single_quotes(adapter.dispatch('escaped_backslashes', 'cs_metrics')(text | string)))) }}
{%- endmacro %}


{#- Texts as literals, with commas between. -#}
{% macro as_text_literals(texts) -%}
    {%- set literals = [] -%}
    {%- for text in texts -%}{%- do literals.append(as_text_literal(text)) -%}{%- endfor -%}
    {{ return(literals | join(', ')) }}
{%- endmacro %}


{% macro default__escaped_backslashes(text) -%}
    {{ return(text) }}
{%- endmacro %}

{% macro bigquery__escaped_backslashes(text) -%}
    {{ return(text.replace('\\', '\\\\')) }}
{%- endmacro %}

{% macro redshift__escaped_backslashes(text) -%}
    {{ return(text.replace('\\', '\\\\')) }}
{%- endmacro %}

{% macro snowflake__escaped_backslashes(text) -%}
    {{ return(text.replace('\\', '\\\\')) }}
{%- endmacro %}

{% macro spark__escaped_backslashes(text) -%}
    {{ return(text.replace('\\', '\\\\')) }}
{%- endmacro %}
