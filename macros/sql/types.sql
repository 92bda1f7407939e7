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
        {{ adapter.dispatch('read_as', 'cs_metrics')(kind, expression) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__read_as(kind, expression) -%}
    try_cast({{ expression }} as {{ type_of(kind) }})
{%- endmacro %}

{#- A plain cast would drop the offset of an instant that states one ('2024-01-01T00:00:00+02:00'). -#}
{% macro duckdb__read_as(kind, expression) -%}
    {%- if kind == 'timestamp' -%}
    case
        when typeof({{ expression }}) = 'TIMESTAMP WITH TIME ZONE' or (
            typeof({{ expression }}) = 'VARCHAR'
            and regexp_matches(cast({{ expression }} as varchar), ':[0-9]{2}([.][0-9]+)? ?[+-][0-9]{2}(:?[0-9]{2})?$')
        ) then try_cast({{ expression }} as timestamptz) at time zone '{{ var("source_time_zone") }}'
        else try_cast({{ expression }} as timestamp)
    end
    {%- else -%}
    try_cast({{ expression }} as {{ type_of(kind) }})
    {%- endif -%}
{%- endmacro %}
