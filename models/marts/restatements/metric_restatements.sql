{%- set figure = ['policy', 'month', 'metric', 'dimension', 'dimension_value'] -%}
{%- set to_here = 'rows unbounded preceding' -%}
{%- set largest = 'partition by ' ~ figure | join(', ') ~ ' order by' -%}
{%- set by_reason = 'partition by ' ~ figure | join(', ') ~ ' order by ' ~ by_bytes('reason') -%}
-- Amounts in two currencies have no difference: what follows from it is NULL.
with differences as (
    select
        *,
        case when first_unit = unit then coalesce(current_numerator, 0) - coalesce(first_numerator, 0) end
            as numerator_difference,
        case when first_unit = unit then coalesce(current_denominator, 0) - coalesce(first_denominator, 0) end
            as denominator_difference
    from {{ ref('int_restatements__differences') }}
),

reasons as (
    select policy, month, metric, reason, sum(numerator) as numerator, sum(denominator) as denominator, count(*) as many
    from {{ ref('int_restatements__parts') }}
    group by policy, month, metric, reason
),

explained as (
    select policy, month, metric, sum(numerator) as numerator, sum(denominator) as denominator, sum(many) + 1 as parts
    from reasons
    group by policy, month, metric
),

-- A company's figure is told apart by reason where parts of it are kept and add up to its difference, but for a last digit
-- of each, which the largest reason gets; any other has all reasons of its month at once.
parted as (
    select
        differences.*,
        case when first_unit = unit then coalesce(reasons.reason, months.reason) else 'reporting currency' end
            as reason,
        coalesce(reasons.numerator, differences.numerator_difference) as numerator_sum,
        coalesce(reasons.denominator, differences.denominator_difference) as denominator_sum,
        coalesce(differences.numerator_difference - explained.numerator, 0) as numerator_left,
        coalesce(differences.denominator_difference - explained.denominator, 0) as denominator_left
    from differences
    inner join {{ ref('int_restatements__month_changes') }} as months
        on differences.policy = months.policy
        and differences.month = months.month
    left join explained
        on {{ same('differences', 'explained', ['policy', 'month', 'metric']) }}
        and differences.dimension = 'all'
        and abs(differences.numerator_difference - explained.numerator) <= 0.000001 * explained.parts
        and abs(differences.denominator_difference - explained.denominator) <= 0.000001 * explained.parts
    left join reasons
        on {{ same('explained', 'reasons', ['policy', 'month', 'metric']) }}
),

settled as (
    select
        {%- for side in ['numerator', 'denominator'] %}
        {{ side }}_sum + case row_number() over ({{ largest }} abs({{ side }}_sum) desc, {{ by_bytes('reason') }})
            when 1 then {{ side }}_left
            else 0
        end as {{ side }}_part,
        {%- endfor %}
        parted.*
    from parted
),

running as (
    select
        *,
        row_number() over ({{ by_reason }}) as place,
        count(*) over (partition by {{ figure | join(', ') }}) as places,
        cast(
            coalesce(first_numerator, 0) + sum(numerator_part) over ({{ by_reason }} {{ to_here }})
            as {{ type_of('figure') }}
        ) as numerator_so_far,
        case
            when first_denominator is not null or current_denominator is not null then
                cast(
                    coalesce(first_denominator, 0) + sum(denominator_part) over ({{ by_reason }} {{ to_here }})
                    as {{ type_of('figure') }}
                )
        end as denominator_so_far
    from settled
),

-- A ratio moves reason by reason, so that the steps make the way from the first value to today's.
valued as (
    select
        *,
        case
            when place = places then current_value
            when denominator_so_far is null then cast(numerator_so_far as {{ type_of('value') }})
            else coalesce({{ safe_ratio('numerator_so_far', 'denominator_so_far') }}, first_value)
        end as value_so_far
    from running
),

final as (
    select
        {{ figure | join(',\n        ') }},
        reason,
        unit,
        first_unit,
        first_reported_on,
        first_numerator,
        first_denominator,
        first_value,
        current_numerator,
        current_denominator,
        current_value,
        cast(numerator_part as {{ type_of('figure') }}) as numerator_part,
        cast(denominator_part as {{ type_of('figure') }}) as denominator_part,
        case
            when first_unit = unit then
                cast(
                    value_so_far - coalesce(lag(value_so_far) over ({{ by_reason }}), first_value)
                    as {{ type_of('value') }}
                )
        end as value_part
    from valued
)

select * from final
