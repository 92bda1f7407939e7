{#-
    The largest accounts, and how many they are of all_accounts: a share of them is rounded up to whole accounts, so
    that there's always one.
-#}
{% macro concentration_tops() -%}
    {{ return([
        {'name': 'top_1pct', 'accounts': 'floor((all_accounts + 99) / 100)'},
        {'name': 'top_10pct', 'accounts': 'floor((all_accounts + 9) / 10)'},
        {'name': 'top_n_accounts', 'accounts': var('top_accounts') | string},
    ]) }}
{%- endmacro %}
