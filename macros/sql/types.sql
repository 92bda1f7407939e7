{#- The project's types, and casts that give NULL where a value can't be read (staging then names the column). -#}

{% macro type_of(kind) -%}
    {%- set types = {
        'text': dbt.type_string(),
        'integer': dbt.type_bigint(),
        'decimal': 'decimal(18, 6)',
        'price': 'decimal(26, 14)',
        'price_rest': 'decimal(14, 14)',
        'rate': 'decimal(26, 16)',
        'finer': 'decimal(38, 6)',
        'float': 'double',
        'hash': 'decimal(28, 0)',
        'mrr': 'decimal(18, 4)',
        'total': 'decimal(20, 4)',
        'billed': 'decimal(22, 6)',
        'money': 'decimal(38, 20)',
        'part': 'decimal(38, 12)',
        'ratio': 'decimal(18, 8)',
        'fraction': 'decimal(19, 12)',
        'figure': 'decimal(28, 6)',
        'value': 'decimal(28, 8)',
        'boolean': dbt.type_boolean(),
        'date': 'date',
        'timestamp': 'timestamp',
    } -%}
    {%- do types.update(adapter.dispatch('own_types', 'cs_metrics')()) -%}
    {%- if kind not in types -%}
        {{ exceptions.raise_compiler_error("type_of: '" ~ kind ~ "' is none of " ~ types | join(', ')) }}
    {%- endif -%}
    {{ types[kind] }}
{%- endmacro %}

{% macro default__own_types() -%}
    {{ return({}) }}
{%- endmacro %}

{#- NUMERIC has nine decimals there. -#}
{% macro bigquery__own_types() -%}
    {{ return({
        'price': 'bignumeric(26, 14)', 'price_rest': 'bignumeric(14, 14)', 'rate': 'bignumeric(26, 16)', 'finer': 'bignumeric(38, 6)', 'float': 'float64',
        'money': 'bignumeric(38, 20)', 'part': 'bignumeric(38, 12)', 'fraction': 'bignumeric(19, 12)',
    }) }}
{%- endmacro %}

{% macro postgres__own_types() -%}
    {{ return({'float': 'double precision'}) }}
{%- endmacro %}

{#- TEXT has 256 bytes there, and a cast cuts off what is longer. -#}
{% macro redshift__own_types() -%}
    {{ return({'text': 'varchar(65535)', 'float': 'double precision'}) }}
{%- endmacro %}


{% macro read_as(kind, expression) -%}
    {%- if kind == 'text' -%}
        {{ adapter.dispatch('read_text', 'cs_metrics')('cast(' ~ expression ~ ' as ' ~ type_of('text') ~ ')') }}
    {%- elif kind == 'integer' or kind in decimal_places() -%}
        {{ number_that_fits(kind, expression) }}
    {%- elif kind == 'date' -%}
        {{ adapter.dispatch('read_day', 'cs_metrics')(expression) }}
    {%- else -%}
        {{ adapter.dispatch('read_as', 'cs_metrics')(kind, expression) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__read_as(kind, expression) -%}
    try_cast({{ expression }} as {{ type_of(kind) }})
{%- endmacro %}

{% macro redshift__read_as(kind, expression) -%}
    {{ cs_metrics.default__read_as(kind, expression) }}
{%- endmacro %}

{% macro bigquery__read_as(kind, expression) -%}
    {{ dbt.safe_cast(expression, type_of(kind)) }}
{%- endmacro %}

{#- Snowflake's try_cast takes texts only; an instant that states an offset is brought to the source's time zone. -#}
{% macro snowflake__read_as(kind, expression) -%}
    {%- set written = 'cast(' ~ expression ~ ' as ' ~ type_of('text') ~ ')' -%}
    {%- if kind == 'timestamp' -%}
    case
        when regexp_like({{ written }}, '.*:[0-9]{2}([.][0-9]+)? ?([+-][0-9]{2}(:?[0-9]{2})?|Z|UTC)')
            then cast(convert_timezone({{ as_text_literal(var("source_time_zone")) }}, try_cast({{ written }} as timestamp_tz)) as timestamp_ntz)
        else try_cast({{ written }} as timestamp_ntz)
    end
    {%- else -%}
    try_cast({{ written }} as {{ type_of(kind) }})
    {%- endif -%}
{%- endmacro %}

{#- A plain cast would drop the offset of an instant that states one ('2024-01-01T00:00:00+02:00', '...Z'). -#}
{% macro duckdb__read_as(kind, expression) -%}
    {%- if kind == 'timestamp' -%}
    case
        when typeof({{ expression }}) = 'TIMESTAMP WITH TIME ZONE' or (
            typeof({{ expression }}) = 'VARCHAR'
            and regexp_matches(cast({{ expression }} as varchar), ':[0-9]{2}([.][0-9]+)? ?([+-][0-9]{2}(:?[0-9]{2})?|Z|UTC)$')
        ) then try_cast({{ expression }} as timestamptz) at time zone {{ as_text_literal(var("source_time_zone")) }}
        else try_cast({{ expression }} as timestamp)
    end
    {%- else -%}
    try_cast({{ expression }} as {{ type_of(kind) }})
    {%- endif -%}
{%- endmacro %}

{#-
    Postgres 15 has no cast that gives NULL, so a value is cast only where a pattern says that it can be. The patterns
    take what DuckDB takes, as far as sources write it; a test holds the two to the same list of values.
-#}
{% macro postgres__read_as(kind, expression) -%}
    {#- Before a value, and after it too but for instants, which may end in plain spaces. -#}
    {%- set white = white_space() -%}
    {%- set text = "cast(" ~ expression ~ " as text)" -%}
    {%- set written = "rtrim(ltrim(" ~ text ~ "," ~ white ~ "), ' ')" if kind == 'timestamp' else "btrim(" ~ text ~ "," ~ white ~ ")" -%}
    {%- if kind == 'boolean' -%}
    case
        when lower(cast({{ expression }} as text)) in ('true', 't', 'yes', 'y', '1') then true
        when lower(cast({{ expression }} as text)) in ('false', 'f', 'no', 'n', '0') then false
    end
    {%- elif kind == 'date' -%}
    case when {{ written }} ~ '^({{ real_day() }})([T ]+00:00.*)?$' then cast(substring({{ written }} from '^[0-9]+[-/ ][0-9]+[-/ ][0-9]+') as date) end
    {%- elif kind == 'timestamp' -%}
    {%- set to_the_microsecond = "regexp_replace(" ~ written ~ ", '([.][0-9]{6})[0-9]+', '\\1')" -%}
    {%- set minute, second = '([01]?[0-9]|2[0-3]):[0-5]?[0-9]', ':[0-5]?[0-9]([.][0-9]*)?' -%}
    {%- set offset = '[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?|Z| ?UTC' -%}
    case
        when {{ written }} ~ '^({{ real_day() }})((T| +)({{ minute }}({{ second }})?|24:00(:00)?))?$'
            then cast({{ to_the_microsecond }} as timestamp)
        when {{ written }} ~ '^({{ real_day() }})(T| +){{ minute }}{{ second }}({{ offset }})$'
            then cast({{ to_the_microsecond }} as timestamptz) at time zone {{ as_text_literal(var("source_time_zone")) }}
    end
    {%- endif -%}
{%- endmacro %}


{#- A pattern of the days of the years 1 to 9999 that there are: no 30 February, 29 February in leap years only. -#}
{% macro real_day() -%}
    {%- set year = '(000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})' -%}
    {%- set of_four = '(0[48]|[2468][048]|[13579][26])' -%}
    {%- for s in ['-', '/', ' '] -%}
    {{ year }}{{ s }}((0?[13578]|1[02]){{ s }}(0?[1-9]|[12][0-9]|3[01])|(0?[469]|11){{ s }}(0?[1-9]|[12][0-9]|30)|0?2{{ s }}(0?[1-9]|1[0-9]|2[0-8]))|
    {%- endfor -%}
    ([0-9]{2}{{ of_four }}|{{ of_four }}00)(-0?2-|/0?2/| 0?2 )29
{%- endmacro %}
