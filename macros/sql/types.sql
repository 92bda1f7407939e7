{#- The project's types, and casts that give NULL where a value can't be read (staging then names the column). -#}

{% macro type_of(kind) -%}
    {%- set types = {
        'text': dbt.type_string(),
        'integer': dbt.type_bigint(),
        'decimal': 'decimal(18, 6)',
        'rate': 'decimal(18, 8)',
        'mrr': 'decimal(18, 4)',
        'total': 'decimal(20, 4)',
        'money': 'decimal(38, 12)',
        'figure': 'decimal(28, 6)',
        'value': 'decimal(28, 8)',
        'boolean': dbt.type_boolean(),
        'date': 'date',
        'timestamp': 'timestamp',
    } -%}
    {%- if kind not in types -%}
        {{ exceptions.raise_compiler_error("type_of: '" ~ kind ~ "' is none of " ~ types | join(', ')) }}
    {%- endif -%}
    {{ types[kind] }}
{%- endmacro %}


{% macro read_as(kind, expression) -%}
    {%- if kind == 'text' -%}
        nullif(trim(cast({{ expression }} as {{ type_of('text') }})), '')
    {%- else -%}
        {{ adapter.dispatch('read_as', 'cs_metrics')(type_of(kind), expression) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__read_as(type, expression) -%}
    try_cast({{ expression }} as {{ type }})
{%- endmacro %}
