{#-
    A price for a billing period, brought to one month, with four decimals. Months, quarters and years divide by
    their number of months; weeks and days take the policy's factor (standard: week x 365/84, day x 365/12).
    A price without a period (once) has no monthly amount: 0.

    policy: the alias of a row of int_policies.
-#}
{% macro monthly_amount(amount, interval_unit, interval_count, policy) -%}
    case
        when {{ interval_unit }} = 'month' and {{ interval_count }} = 1
            then cast(round({{ amount }}, 4) as {{ type_of('mrr') }})
        when {{ interval_unit }} in ('month', 'quarter', 'year')
            then cast({{ exact_quotient(amount, months_in_interval(interval_unit, interval_count), 4) }} as {{ type_of('mrr') }})
        when {{ interval_unit }} in ('week', 'day')
            then cast({{ exact_quotient(
                "cast(" ~ amount ~ " as decimal(22, 6)) * case when " ~ interval_unit ~ " = 'week' then " ~ policy ~ ".week_months_numerator else " ~ policy ~ ".day_months_numerator end",
                "case when " ~ interval_unit ~ " = 'week' then " ~ policy ~ ".week_months_denominator else " ~ policy ~ ".day_months_denominator end * " ~ interval_count,
                4
            ) }} as {{ type_of('mrr') }})
        else cast(0 as {{ type_of('mrr') }})
    end
{%- endmacro %}


{#- The months of a billing period that is counted in months, quarters or years. -#}
{% macro months_in_interval(interval_unit, interval_count) -%}
    case {{ interval_unit }} when 'quarter' then 3 when 'year' then 12 else 1 end * {{ interval_count }}
{%- endmacro %}
