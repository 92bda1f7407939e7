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

{#- What systems and spreadsheets write where there is nothing, in lower case between bars. NA isn't among them: Namibia. -#}
{% macro placeholders() -%}
    '|-|--|null|<null>|(null)|#null!|none|(none)|(blank)|(empty)|n/a|#n/a|n.a.|nan|nat|nil|#ref!|#value!|#div/0!|#name?|#num!|' || chr(92) || 'n|'
{%- endmacro %}

{#- Without spaces around it; NULL where nothing is left, or a placeholder for nothing. The longest has seven letters. -#}
{% macro default__read_text(text) -%}
    case
        when length(trim({{ text }})) <= 7 and {{ dbt.position("'|' || lower(trim(" ~ text ~ ")) || '|'", placeholders()) }} > 0 then null
        else nullif(trim({{ text }}), '')
    end
{%- endmacro %}

{#-
    Its trim takes away every kind of space that Unicode has unless told which, other engines' only the plain one. It costs
    more than all else that is done to a text, as looking for placeholders does: only texts that end with a space or begin
    before "0", as spaces, # and - do, and short ones that begin as another placeholder (n, N, <, a backslash) go through it.
-#}
{% macro duckdb__read_text(text) -%}
    {%- set without_spaces -%}
    case
            when contains({{ placeholders() }}, '|' || lower(trim({{ text }}, ' ')) || '|') then null
            else nullif(trim({{ text }}, ' '), '')
        end
    {%- endset -%}
    case
        when {{ text }} < '0' or {{ text }} like '% ' then {{ without_spaces }}
        when strlen({{ text }}) > 7 then {{ text }}
        when
            {{ text }} >= 'N' and {{ text }} < 'O' or {{ text }} >= 'n' and {{ text }} < 'o'
            or {{ text }} >= '<' and {{ text }} < '=' or {{ text }} >= chr(92) and {{ text }} < ']'
            then {{ without_spaces }}
        else {{ text }}
    end
{%- endmacro %}


{#-
    A day; NULL where it can't be read. One with a time is the day of that instant in the reporting time zone, be it that
    the time states its offset or that it is the source's. Midnight without an offset is how tools write a day.
-#}
{% macro default__read_day(expression) -%}
    {%- set written = 'cast(' ~ expression ~ ' as ' ~ type_of('text') ~ ')' -%}
    case
        when {{ written }} like '%:%' and not {{ is_at_midnight(written) }}
            then cast({{ local_time(read_as('timestamp', expression)) }} as date)
        else {{ adapter.dispatch('read_as', 'cs_metrics')('date', expression) }}
    end
{%- endmacro %}

{#- A cast takes what begins like a day for one ('2024-01-05T10', '2024-01-05 or so'). -#}
{% macro duckdb__read_day(expression) -%}
    {%- set written = 'cast(' ~ expression ~ ' as varchar)' -%}
    case
        when typeof({{ expression }}) = 'DATE' or {{ written }} like '____-__-__' or {{ is_at_midnight(written) }}
            then try_cast({{ expression }} as date)
        when {{ written }} like '%:%' then cast({{ local_time(read_as('timestamp', expression)) }} as date)
        when regexp_full_match({{ written }}, '[\s\x0b]*[0-9]{4}[-/ ][0-9]{1,2}[-/ ][0-9]{1,2}[\s\x0b]*') then try_cast({{ expression }} as date)
    end
{%- endmacro %}

{#- Whether a text ends in midnight and states no offset from UTC. -#}
{% macro is_at_midnight(written) -%}
    (
    {%- for midnight in [' 00:00:00', 'T00:00:00', ' 00:00', 'T00:00', ' 00:00:00.000', 'T00:00:00.000', ' 00:00:00.000000'] -%}
    {{ written }} like '%{{ midnight }}'{{ ' or ' if not loop.last }}
    {%- endfor -%}
    )
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
            then cast(convert_timezone('{{ var("source_time_zone") }}', try_cast({{ written }} as timestamp_tz)) as timestamp_ntz)
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
        ) then try_cast({{ expression }} as timestamptz) at time zone '{{ var("source_time_zone") }}'
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
            then cast({{ to_the_microsecond }} as timestamptz) at time zone '{{ var("source_time_zone") }}'
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
