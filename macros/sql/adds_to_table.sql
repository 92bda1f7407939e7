{#-
    Whether a run adds to a model's table instead of making it: dbt's is_incremental, where there is a table to be asked for.
    Who only compiles may have no connection, and a unit test has no `this`.
-#}
{% macro adds_to_table() -%}
    {{ return(execute and flags.WHICH in ('run', 'build') and this is not none and is_incremental()) }}
{%- endmacro %}
