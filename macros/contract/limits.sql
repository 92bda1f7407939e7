{#- The largest amount of a true row; decimals of the contract hold no more before the point. -#}

{#-
    The largest amount, quantity or price x quantity: as much as twelve digits before the point hold (a contract of 5 million
    dollars a year is 125,000,000,000 dong). Sums of ten thousand such accounts stay within the types of sums.
-#}
{% macro largest_amount() -%}
    999999999999
{%- endmacro %}


{#- The most of a unit that a billing period can have: a century. Real contracts run to 1,515 days, or 10 years. -#}
{% macro largest_interval_count(interval_unit) -%}
    case {{ interval_unit }} when 'day' then 36525 when 'week' then 5218 when 'month' then 1200 when 'quarter' then 400 when 'year' then 100 end
{%- endmacro %}


{#- Full-time equivalents of a row of csms, which may be a partner's or a pooled team. -#}
{% macro largest_fte() -%}
    10000
{%- endmacro %}
