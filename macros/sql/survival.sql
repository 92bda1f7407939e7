{#-
    Kaplan-Meier: how large a part is still without the event at each age, counting those who were watched for a shorter
    time as long as they were watched, and no longer.

    relation: has the keys, age (whole: at the event, or as far as was watched), is_event, and weight (how many such).
    last_age: the curve ends there; what happens later is not looked at.

    Gives the select of: the keys, age (each at which an event or an end of watching is), at_risk (watched up to this age
    or longer), events, survival (after this age's events).
-#}
{% macro kaplan_meier(relation, keys, last_age) -%}
    {%- set watched -%}
    (
        select
            {{ keys | join(', ') }},
            age,
            events,
            sum(left_at_age) over (
                partition by {{ keys | join(', ') }} order by age desc rows unbounded preceding
            ) as at_risk
        from (
            select
                {{ keys | join(', ') }},
                least(age, {{ last_age + 1 }}) as age,
                sum(weight) as left_at_age,
                sum(case when is_event then weight else 0 end) as events
            from {{ relation }}
            group by {{ keys | join(', ') }}, least(age, {{ last_age + 1 }})
        ) as leaving
    ) as watched
    {%- endset -%}
    {{ survival_curve(watched, keys, last_age) }}
{%- endmacro %}


{#-
    The curve of a relation that has, by keys and age, how many were at risk and how many of them had the event: the
    product of what each age leaves, (at_risk - events) / at_risk.

    Gives the select of: the keys, age, at_risk, events, survival. A running product is no window function, and
    exp(sum(ln())) ends in other digits on each engine. So the factors are multiplied in rounds, as decimals: the first
    makes products of 2 neighbours, the next of 4, 8, ..., until one reaches over all ages. An age without an event has the
    survival of the one before it, which is the smallest so far.
-#}
{% macro survival_curve(relation, keys, last_age) -%}
    {%- set over_ages = 'partition by ' ~ keys | join(', ') ~ ' order by age' -%}
    {%- set spans = [] -%}
    {%- for power in range(16) if 2 ** power <= last_age -%}{%- do spans.append(2 ** power) -%}{%- endfor -%}
    with watched as (
        select {{ keys | join(', ') }}, age, at_risk, events
        from {{ relation }}
        where age <= {{ last_age }}
    ),

    product_of_1 as (
        select
            {{ keys | join(', ') }},
            age,
            cast({{ exact_quotient('at_risk - events', 'at_risk', 12) }} as {{ type_of('fraction') }}) as survival
        from watched
        where events > 0
    ),
    {%- for span in spans %}

    product_of_{{ span * 2 }} as (
        select
            {{ keys | join(', ') }},
            age,
            {{ product_of_fractions('survival', 'coalesce(lag(survival, ' ~ span ~ ') over (' ~ over_ages ~ '), 1)') }} as survival
        from product_of_{{ span }}
    ),
    {%- endfor %}

    curve as (
        select
            {{ prefixed('watched', keys) | join(', ') }},
            watched.age,
            cast(watched.at_risk as {{ type_of('integer') }}) as at_risk,
            cast(watched.events as {{ type_of('integer') }}) as events,
            cast(round(
                coalesce(min(products.survival) over (
                    partition by {{ prefixed('watched', keys) | join(', ') }} order by watched.age rows unbounded preceding
                ), 1), 8
            ) as {{ type_of('ratio') }}) as survival
        from watched
        left join product_of_{{ spans[-1] * 2 if spans else 1 }} as products
            on {{ same('watched', 'products', keys + ['age']) }}
    )

    select * from curve
{%- endmacro %}
