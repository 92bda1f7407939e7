{#- The condition holds in every row; on a column, the expression is what follows the column's name. -#}
{% test expression_is_true(model, expression, column_name=none) %}
select *
from {{ model }}
where not ({{ column_name or '' }} {{ expression }})
{% endtest %}
