{#-
    The margin of error of an NPS at 95 %, in points with four decimals: 196 x sqrt((p + d - (p - d)^2) / n), where p and
    d are the shares of promoters and detractors; NULL without answers. For up to 20 million answers.

    The same on every engine, although roots are taken in floating point: under the root stands a number of eight
    decimals, worked out exactly. Such a number is never the square of one that lies half-way between two of four
    decimals (that square has ten decimals, and ends in 25), and its root keeps 0.000000000006 away from there; a double
    of this size is right to 0.0000000000005. So all engines round to the same side.
-#}
{% macro nps_margin_of_error(promoters, detractors, answers) -%}
    {%- set p = 'cast(' ~ promoters ~ ' as decimal(20, 0))' -%}
    {%- set d = 'cast(' ~ detractors ~ ' as decimal(20, 0))' -%}
    {%- set n = 'cast(' ~ answers ~ ' as decimal(20, 0))' -%}
    round(cast(sqrt({{ exact_quotient(
        '38416 * ((' ~ p ~ ' + ' ~ d ~ ') * ' ~ n ~ ' - (' ~ p ~ ' - ' ~ d ~ ') * (' ~ p ~ ' - ' ~ d ~ '))',
        n ~ ' * ' ~ n ~ ' * ' ~ n,
        8
    ) }}) as {{ type_of('part') }}), 4)
{%- endmacro %}
