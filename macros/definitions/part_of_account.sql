{#-
    A rep's part of an amount of an account, with four decimals: what has been shared out up to the rep, less what was
    up to the one before. So the parts add up to the amount, whatever the shares; decimals that the amount has beyond
    the fourth are in the last part.

    assignment: the alias of a row of int_success__assignments.
-#}
{% macro part_of_account(amount, assignment) -%}
    {%- set share, before = assignment ~ '.share', assignment ~ '.share_before' -%}
    case
        when {{ share }} + {{ before }} = 1 then cast({{ amount }} as {{ type_of('money') }})
        else cast(round(cast({{ amount }} as {{ type_of('part') }}) * ({{ before }} + {{ share }}), 4) as {{ type_of('money') }})
    end - case
        when {{ before }} = 0 then 0
        else cast(round(cast({{ amount }} as {{ type_of('part') }}) * {{ before }}, 4) as {{ type_of('money') }})
    end
{%- endmacro %}
