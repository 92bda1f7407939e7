{#- Every row whose columns are all there has a row in `to` with the same values; the columns are its key there. -#}
{% test refers_to(model, columns, to) %}
select {{ prefixed('referring', columns) | join(', ') }}
from {{ model }} as referring
left join {{ to }} as referred
    on {{ same('referring', 'referred', columns) }}
where referred.{{ columns[0] }} is null
    and {{ prefixed('referring', columns) | join(' is not null\n    and ') }} is not null
{% endtest %}
