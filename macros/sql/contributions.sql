{#-
    The measures of one source of accounts' contributions: its own, and 0 for the others, so that sources are put one
    under the other and never joined. Every formula of the catalogue is linear in measures, so it may be worked out row
    by row and added up. All have one type, or Postgres wouldn't pass a filter on to the sources and drop those of 0.

    all_measures: names, in their order. own: the source's, name to SQL.
-#}
{% macro measures_of_source(all_measures, own) -%}
    {%- for name in own if name not in all_measures -%}
        {{ exceptions.raise_compiler_error("measures_of_source: '" ~ name ~ "' is none of " ~ all_measures | join(', ')) }}
    {%- endfor -%}
    {%- for name in all_measures %}
    cast({{ own.get(name, '0') }} as {{ type_of('money') }}) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- The sources' own measures where they are called the same there: name to name. -#}
{% macro same_names(names) -%}
    {{ return(dict(zip(names, names))) }}
{%- endmacro %}


{#- Every month beside itself and those before it, so many in all: the months that a figure of several is made of. -#}
{% macro months_back(count) -%}
    {%- for back in range(count) %}
    select month, closes_on, {{ add_months('month', -back) }} as base_month from {{ ref('int_calendar__months') }}
    {{- '\n    union all' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}


{#- What a row has where a part of a figure belongs to no account, or to no billing entity. -#}
{% macro no_account() -%}
    '(no account)'
{%- endmacro %}

{% macro all_entities() -%}
    '(all)'
{%- endmacro %}
