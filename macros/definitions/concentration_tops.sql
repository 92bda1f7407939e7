{#-
    The largest accounts, and how many they are of all_accounts: a share of them is rounded up to whole accounts, so
    that there's always one. Their number is cast to a whole one: money times a floating-point number would be one, too.
-#}
{% macro concentration_tops() -%}
    {{ return([
        {'name': 'top_1pct', 'accounts': 'cast(floor((all_accounts + 99) / 100) as ' ~ type_of('integer') ~ ')'},
        {'name': 'top_10pct', 'accounts': 'cast(floor((all_accounts + 9) / 10) as ' ~ type_of('integer') ~ ')'},
        {'name': 'top_n_accounts', 'accounts': var('top_n_accounts') | string},
    ]) }}
{%- endmacro %}
