-- What accounts put into each figure adds up to it, numerator and denominator, to the last stored digit, and no account
-- has two parts of one figure. All months of the demo; elsewhere, where all accounts in all months would be too much, the
-- last whole month and the one that isn't over.
{%- set figure = ['policy', 'month', 'metric', 'dimension', 'dimension_value'] %}
{%- set is_demo = var('native_data') == 'demo' %}
{%- set since = "cast('" ~ first_day() ~ "' as date)" if is_demo else add_months(as_of_month(), -1) %}
with figures as (
    select * from {{ ref('monthly_metrics') }}
    where dimension in ('all', 'feature')
        and month >= {{ since }}
),

parts as (
    select
        {{ (figure + ['billing_entity', 'account_id']) | join(', ') }},
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        count(*) as parts
    from {{ ref('metric_contributions') }}
    where month >= {{ since }}
    group by {{ (figure + ['billing_entity', 'account_id']) | join(', ') }}
),

sums as (
    select
        {{ figure | join(', ') }},
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        max(parts) as parts
    from parts
    group by {{ figure | join(', ') }}
)

select
    {{ prefixed('figures', figure) | join(', ') }},
    figures.numerator,
    sums.numerator as parts_of_numerator,
    figures.denominator,
    sums.denominator as parts_of_denominator
from figures
left join sums on {{ same('figures', 'sums', figure) }}
where coalesce(figures.numerator, 0) <> coalesce(sums.numerator, 0)
    or coalesce(figures.denominator, 0) <> coalesce(sums.denominator, 0)
    or coalesce(sums.parts, 1) > 1
