{#-
    What stands in the place of an account in what is kept of a month: itself, its group, or all of them. What is no account's
    stands for itself, but where accounts aren't kept apart.
-#}
{% macro label_of(relation, months, groups) -%}
    case {{ months }}.kept_by
        when 'account' then {{ relation }}.account_id
        when 'group' then coalesce({{ groups }}.account_group, {{ relation }}.account_id)
        else {{ all_accounts() }}
    end
{%- endmacro %}


{% macro all_accounts() -%}
    '(all accounts)'
{%- endmacro %}


{#-
    The group that an account is in, (group 000) to (group 999). It never changes, or what is kept couldn't be compared; so
    how many there are is no variable.
-#}
{% macro group_of_account(relation) -%}
    '(group ' || substr(cast(1000 + mod({{ text_hash(row_content(['billing_entity', 'account_id'], relation)) }}, 1000) as {{ type_of('text') }}), 2) || ')'
{%- endmacro %}

{% macro is_group(label) -%}
    {{ label }} like '(group ___)'
{%- endmacro %}
