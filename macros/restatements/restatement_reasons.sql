{#-
    Why a closed month's figure is another one: flag and name, in the order in which they are listed, and in which a ratio's
    difference is told apart. The first three are what happened to source rows, the others to what all figures rest on.
-#}
{% macro restatement_reasons() -%}
    {{ return([
        ('has_late_row', 'late row'),
        ('has_changed_row', 'changed row'),
        ('has_deleted_row', 'deleted row'),
        ('has_other_class', 'reclassified charge'),
        ('has_other_rate', 'changed rate'),
        ('has_other_definition', 'changed definition or policy'),
    ]) }}
{%- endmacro %}


{#- The names of those that hold, as one text; NULL where none does. `relation` has the flags, 1 or 0. -#}
{% macro restatement_reason(relation) -%}
    nullif(
        {%- for flag, name in restatement_reasons() %}
        case when {{ relation }}.{{ flag }} = 1 then '{{ name }}' else '' end
        {%- if not loop.last %}
        || case
            when {{ relation }}.{{ flag }} = 1
                and {{ prefixed(relation, restatement_reasons()[loop.index:] | map(attribute=0) | list) | join(' + ') }} > 0 then ', '
            else ''
        end ||
        {%- endif %}
        {%- endfor %}, ''
    )
{%- endmacro %}


{#- Two values differ, where nothing differs from everything but nothing. -#}
{% macro is_other(left, right) -%}
    ({{ left }} <> {{ right }} or ({{ left }} is null and {{ right }} is not null) or ({{ left }} is not null and {{ right }} is null))
{%- endmacro %}


{#- A flag of a condition. -#}
{% macro as_flag(condition) -%}
    case when {{ condition }} then 1 else 0 end
{%- endmacro %}
