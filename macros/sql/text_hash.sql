{#- A text's md5 as a whole number of 52 bits, the same on every engine, so that hashes can be added up. -#}
{% macro text_hash(expression) -%}
    {{ adapter.dispatch('text_hash', 'cs_metrics')(expression) }}
{%- endmacro %}

{% macro default__text_hash(expression) -%}
    cast(conv(substr(md5({{ expression }}), 1, 13), 16, 10) as bigint)
{%- endmacro %}

{% macro duckdb__text_hash(expression) -%}
    cast('0x' || substr(md5({{ expression }}), 1, 13) as bigint)
{%- endmacro %}

{% macro postgres__text_hash(expression) -%}
    cast(cast('x' || substr(md5({{ expression }}), 1, 13) as bit(52)) as bigint)
{%- endmacro %}

{% macro redshift__text_hash(expression) -%}
    strtol(substring(md5({{ expression }}), 1, 13), 16)
{%- endmacro %}

{% macro snowflake__text_hash(expression) -%}
    to_number(substr(md5({{ expression }}), 1, 13), 'XXXXXXXXXXXXX')
{%- endmacro %}

{% macro bigquery__text_hash(expression) -%}
    cast(concat('0x', substr(to_hex(md5({{ expression }})), 1, 13)) as int64)
{%- endmacro %}


{#-
    A hash of values, to be compared and added up. Not for what is kept for good: an engine's own may change with its version.
    DuckDB's takes the last value in by XOR alone, so that sums of it would hide two rows that exchange it; hence the second one.
-#}
{% macro comparison_hash(values) -%}
    {{ adapter.dispatch('comparison_hash', 'cs_metrics')(values) }}
{%- endmacro %}

{% macro default__comparison_hash(values) -%}
    {{ text_hash(texts_of(values)) }}
{%- endmacro %}

{% macro duckdb__comparison_hash(values) -%}
    hash(hash({{ values | join(', ') }}))
{%- endmacro %}
