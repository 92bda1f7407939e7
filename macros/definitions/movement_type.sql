{#-
    What happened to an account in a month, from its MRR at the month's opening and closing. The order of the
    branches is the definition: who comes back is a reactivation however the amounts compare, never an expansion.

    has_paid_before: whether any earlier month closed with MRR. is_opening_balance: whether the month is the one
    before a history that was cut off begins.
-#}
{% macro movement_type(opening, closing, has_paid_before, is_opening_balance='1 = 0') -%}
    case
        when {{ is_opening_balance }} then 'opening_balance'
        when {{ opening }} <= 0 and {{ closing }} > 0 and not {{ has_paid_before }} then 'new'
        when {{ opening }} <= 0 and {{ closing }} > 0 then 'reactivation'
        when {{ opening }} > 0 and {{ closing }} <= 0 then 'churn'
        when {{ closing }} > {{ opening }} then 'expansion'
        when {{ closing }} < {{ opening }} then 'contraction'
        else 'none'
    end
{%- endmacro %}


{#- The movement types and the sign that makes their amounts positive. -#}
{% macro movement_types() -%}
    {{ return([('new', ''), ('reactivation', ''), ('expansion', ''), ('contraction', '-'), ('churn', '-')]) }}
{%- endmacro %}


{#- What an expansion or contraction is made of. -#}
{% macro movement_causes() -%}
    {{ return(['seats', 'price', 'plan', 'add_on', 'discount']) }}
{%- endmacro %}
