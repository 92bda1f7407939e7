{#- All values of a row as one text, so that versions of a row can be compared. -#}
{% macro row_content(names, relation) -%}
    {{ texts_of(prefixed(relation, names)) }}
{%- endmacro %}


{#- Values as one text. -#}
{% macro texts_of(values) -%}
    {%- set texts = [] -%}
    {%- for value in values -%}
        {%- do texts.append('coalesce(cast(' ~ value ~ ' as ' ~ type_of('text') ~ "), '(null)')") -%}
    {%- endfor -%}
    {{ joined_text(texts) }}
{%- endmacro %}


{#- Texts as one, with a line between them; none of them is NULL. -#}
{% macro joined_text(texts) -%}
    {{ adapter.dispatch('joined_text', 'cs_metrics')(texts) }}
{%- endmacro %}

{% macro default__joined_text(texts) -%}
    {{ texts | join("\n            || '|' || ") }}
{%- endmacro %}

{#- A chain of || copies what it has so far at each step. -#}
{% macro duckdb__joined_text(texts) -%}
    concat_ws('|', {{ texts | join(',\n            ') }})
{%- endmacro %}
