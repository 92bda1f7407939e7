{#- The policies, months and dimensions of a monthly model in which the values of a measure don't add up to the whole. -#}
{% macro segments_that_dont_add_up(monthly, measures) -%}
    select
        sums.policy,
        sums.month,
        sums.dimension
    from (
        select
            policy,
            month,
            dimension,
            {%- for measure in measures %}
            sum({{ measure }}) as {{ measure }}{% if not loop.last %},{% endif %}
            {%- endfor %}
        from {{ monthly }}
        group by policy, month, dimension
    ) as sums
    inner join {{ monthly }} as whole
        on sums.policy = whole.policy
        and sums.month = whole.month
        and whole.dimension = 'all'
    where 1 = 0
        {%- for measure in measures %}
        or sums.{{ measure }} <> whole.{{ measure }}
        {%- endfor %}
{%- endmacro %}
