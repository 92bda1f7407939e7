{#- Where a value stands to a published range; a single published figure is a range of its own. -#}
{% macro benchmark_position(value, lower_edge, upper_edge) -%}
    case
        when {{ value }} < {{ lower_edge }} then 'below'
        when {{ value }} > {{ upper_edge }} then 'above'
        when {{ value }} is not null then 'within'
    end
{%- endmacro %}


{#-
    A monthly rate of loss over a year of such months, 1 - (1 - rate)^12: 2 % a month are 21.5 % a year, not 24 %.
    NULL for what is no rate of loss (below 0, above 1).
-#}
{% macro loss_of_a_year(monthly_rate) -%}
    {%- set kept = namespace(sql='(1 - ' ~ monthly_rate ~ ')') -%}
    {%- for _ in range(11) -%}
        {%- set kept.sql = exact_product(kept.sql, '(1 - ' ~ monthly_rate ~ ')', 8) -%}
    {%- endfor -%}
    case when {{ monthly_rate }} between 0 and 1 then 1 - {{ kept.sql }} end
{%- endmacro %}
