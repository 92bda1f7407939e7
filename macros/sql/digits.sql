{#- Numbers as sources write them: how many digits a kind of them holds, and which don't fit. -#}

{#- The decimals of the kinds of the contract that have some; type_of says how many digits come before the point. -#}
{% macro decimal_places() -%}
    {{ return({'decimal': 6, 'price': 14, 'rate': 16}) }}
{%- endmacro %}


{#-
    A number as its kind; NULL where it can't be read or doesn't fit: too large, or changed by more than thirty millionths of
    itself by rounding it to the kind's decimals. So 12.340000000000001, a third and a second in minutes are read, and
    0.00000004 isn't where there are six decimals. A rest below a thousandth of the last decimal is one of floating point
    and read as 0. From 1 on all fit. (Thirty, because no common fraction lies on that line; see DECISIONS.md, 96.)
-#}
{% macro number_that_fits(kind, expression) -%}
    {{ adapter.dispatch('number_that_fits', 'cs_metrics')(kind, expression) }}
{%- endmacro %}

{#- A whole number's decimals are looked for among six; those with more than twelve digits in a longer type, which is slow. -#}
{% macro default__number_that_fits(kind, expression) -%}
    {%- set number = cs_metrics.cast_or_null(kind, expression) -%}
    {%- set written = cs_metrics.cast_or_null('float', expression) -%}
    {%- if kind == 'integer' -%}
    case
        when {{ number }} = {{ cs_metrics.cast_or_null('decimal', expression) }} then {{ number }}
        when {{ number }} not between -999999999999 and 999999999999
            and {{ number }} = {{ cs_metrics.cast_or_null('finer', expression) }} then {{ number }}
    end
    {%- else -%}
    case
        when abs({{ number }}) >= 1 then {{ number }}
        when abs({{ written }}) < {{ rest_of_floating_point(kind) }} then cast(0 as {{ type_of(kind) }})
        when abs({{ written }} - cast({{ number }} as {{ type_of('float') }})) <= 0.00003 * abs({{ written }}) then {{ number }}
    end
    {%- endif -%}
{%- endmacro %}

{% macro redshift__number_that_fits(kind, expression) -%}
    {{ cs_metrics.default__number_that_fits(kind, expression) }}
{%- endmacro %}

{#-
    Postgres 15 has no cast that gives NULL: a number is cast where a pattern says that it is one. Its numerics are exact,
    so nothing goes through floating point.
-#}
{% macro postgres__number_that_fits(kind, expression) -%}
    {%- set written = "btrim(cast(" ~ expression ~ " as text)," ~ white_space() ~ ")" -%}
    {%- set number = "cast(replace(" ~ written ~ ", '_', '') as numeric)" -%}
    {%- set digits = '[0-9]+(_[0-9]+)*' -%}
    case
        when {{ written }} ~ '^[+-]?({{ digits }}[.]?({{ digits }})?|[.]{{ digits }})([eE][+-]?[0-9]{1,3})?$' then
            {%- if kind == 'integer' %}
            case
                when round({{ number }}, 6) = round({{ number }}) and round({{ number }}) between -9223372036854775808 and 9223372036854775807
                    then cast({{ number }} as bigint)
            end
            {%- else %}
            {%- set places = decimal_places()[kind] %}
            {%- set rounded = 'round(' ~ number ~ ', ' ~ places ~ ')' %}
            case
                when abs({{ rounded }}) < 1e{{ digits_before_the_point(kind) }}
                    and (
                        abs({{ rounded }}) >= 1 or abs({{ number }}) < {{ rest_of_floating_point(kind) }}
                        or abs({{ number }} - {{ rounded }}) <= 0.00003 * abs({{ number }})
                    )
                    then cast({{ number }} as {{ type_of(kind) }})
            end
            {%- endif %}
    end
{%- endmacro %}


{#- The characters that DuckDB takes for white space around a value, for Postgres' trims. -#}
{% macro white_space() -%}
    {{ return(" e' \\t\\n\\r\\x0b\\f'") }}
{%- endmacro %}


{#- A thousandth of a kind's last decimal. -#}
{% macro rest_of_floating_point(kind) -%}
    1e-{{ decimal_places()[kind] + 3 }}
{%- endmacro %}


{#- How many digits of a kind with decimals come before the point. -#}
{% macro digits_before_the_point(kind) -%}
    {{ return({'decimal': 12, 'price': 12, 'rate': 10}[kind]) }}
{%- endmacro %}


{#-
    A price or rate as text, with 6 or 8 decimals where it has no more, as when that was all they could have: what is kept
    for good is compared by hashes of texts, and a longer type isn't a changed row.
-#}
{% macro digits_as_text(kind, value) -%}
    {%- set shorter = 'cast(' ~ value ~ ' as decimal(20, ' ~ {'price': 6, 'rate': 8}[kind] ~ '))' -%}
    case when {{ value }} = {{ shorter }} then cast({{ shorter }} as {{ type_of('text') }}) else cast({{ value }} as {{ type_of('text') }}) end
{%- endmacro %}
