{#-
    The account that counts as a customer: the one at the top of its group where the policy's grain is the parent, else
    itself. The model has policies (int_policies) and ancestors (int_accounts__ancestors) joined.
-#}
{% macro counted_account(relation) -%}
    case policies.account_grain when 'parent' then ancestors.top_account_id else {{ relation }}.account_id end
{%- endmacro %}
