{#- The month after the as-of month: what comes into force later than the as-of date waits there. -#}
{% macro month_after_as_of() -%}
    {%- set year, month = as_of_date()[:4] | int, as_of_date()[5:7] | int -%}
    cast('{{ '%04d-%02d-01' % (year + month // 12, month % 12 + 1) }}' as date)
{%- endmacro %}


{#- The instant from which a billing entity's history is whole (variable history_starts); NULL where it always was. -#}
{% macro history_start(billing_entity) -%}
    {%- set starts = var('history_starts') -%}
    {%- if starts -%}
    case {{ billing_entity }}
        {%- for entity, day in starts.items() %}
        when {{ as_text_literal(entity) }} then cast({{ as_text_literal(day) }} as timestamp)
        {%- endfor %}
    end
    {%- else -%}
    cast(null as timestamp)
    {%- endif -%}
{%- endmacro %}


{#- Whether a month is the one before a cut-off history begins: what is in force then is an opening balance. -#}
{% macro is_before_history(billing_entity, month) -%}
    {%- if var('history_starts') -%}
    coalesce({{ month }} < {{ month_of(history_start(billing_entity)) }}, 1 = 0)
    {%- else -%}
    1 = 0
    {%- endif -%}
{%- endmacro %}
