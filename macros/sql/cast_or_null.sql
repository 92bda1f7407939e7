{#- A value cast to a kind's type; NULL where that can't be. -#}
{% macro cast_or_null(kind, expression) -%}
    {{ adapter.dispatch('cast_or_null', 'cs_metrics')(kind, expression) }}
{%- endmacro %}

{% macro default__cast_or_null(kind, expression) -%}
    try_cast({{ expression }} as {{ type_of(kind) }})
{%- endmacro %}

{% macro redshift__cast_or_null(kind, expression) -%}
    {{ cs_metrics.default__cast_or_null(kind, expression) }}
{%- endmacro %}

{#- Prices and rates by the digits that a floating-point number is shown with: the many decimals would show its rest. -#}
{% macro duckdb__cast_or_null(kind, expression) -%}
    {%- if kind in ('price', 'rate') -%}
    try_cast(cast({{ expression }} as varchar) as {{ type_of(kind) }})
    {%- else -%}
    try_cast({{ expression }} as {{ type_of(kind) }})
    {%- endif -%}
{%- endmacro %}

{% macro bigquery__cast_or_null(kind, expression) -%}
    {{ dbt.safe_cast(expression, type_of(kind)) }}
{%- endmacro %}

{#- Its try_cast takes texts only. -#}
{% macro snowflake__cast_or_null(kind, expression) -%}
    try_cast(cast({{ expression }} as {{ type_of('text') }}) as {{ type_of(kind) }})
{%- endmacro %}
