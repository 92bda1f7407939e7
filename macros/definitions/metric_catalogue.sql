{#-
    Every metric of monthly_metrics, a list for each domain in metrics/: its name, its unit, and of which columns of the
    domain's monthly model it's made. A metric without a denominator is its numerator. sample: what a ratio's
    denominator counts, for the small-sample flag. only_if: the metric is there only where this holds (a company
    without the source has no rows of it). dimension: the one segment that it has rows for, where that isn't all of them.
    over_months: what its numerator (and its denominator, if that is another) is for a quarter or a year, which the semantic
    layer reads: sum for what happens in a month, first for what a month opens with, last (if it isn't said) for what
    stands at its end and for what can't be added up: distinct users, medians, windows of twelve months.

    Numerator and denominator are linear in the measures of accounts, so that the same formula gives each account's part
    (metric_contributions); a number that stands for the company is multiplied with `whole`. splits: false where they
    are not (a median, a product of figures); the seed metric_components says what such a metric is made of.
    reads_as: the numerator for people, where its SQL isn't the same on every engine.
-#}
{% macro metric_catalogue() -%}
    {{ return(
        revenue_metrics()
        + voice_metrics()
        + usage_metrics() + usage_feature_metrics()
        + success_metrics()
        + economics_metrics()
    ) }}
{%- endmacro %}


{#- The models with a domain's metrics, one row a policy, month, metric and segment; together they are monthly_metrics. -#}
{% macro metric_value_models() -%}
    {{ return([
        'int_metrics__values',
        'int_voice__values',
        'int_usage__values', 'int_usage__feature_values',
        'int_success__values',
        'int_economics__values',
    ]) }}
{%- endmacro %}


{#- The metrics of a list, each with its rows, made of a relation that has a column for each of their measures. -#}
{% macro metric_values(metrics, relation) -%}
with measured as (
    {%- for metric in metrics %}
    select
        policy,
        month,
        '{{ metric.name }}' as metric,
        dimension,
        dimension_value,
        cast({{ metric.numerator }} as {{ type_of('figure') }}) as numerator,
        cast({{ metric.denominator | default('null') }} as {{ type_of('figure') }}) as denominator,
        '{{ metric.unit }}' as unit,
        cast({{ metric.sample | default('null') }} as {{ type_of('integer') }}) as sample_size,
        {{ '1 = 1' if metric.denominator else '1 = 0' }} as is_ratio,
        is_provisional
    from {{ relation }}
    {%- if metric.only_if %}
    where {{ metric.only_if }}
    {%- endif %}
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
)

select
    policy,
    month,
    metric,
    dimension,
    dimension_value,
    numerator,
    denominator,
    cast(
        case when is_ratio then {{ safe_ratio('numerator', 'denominator') }} else numerator end
        as {{ type_of('value') }}
    ) as value,
    unit,
    sample_size,
    coalesce(sample_size < {{ var('small_sample_below') }}, false) as is_small_sample,
    is_provisional
from measured
{%- endmacro %}


{#- The models with accounts' parts of a domain's measures, and the metrics that are made of them. -#}
{% macro contribution_models() -%}
    {{ return([
        ('int_metrics__contributions', revenue_metrics()),
        ('int_voice__contributions', voice_metrics()),
        ('int_usage__contributions', usage_metrics()),
        ('int_usage__feature_contributions', usage_feature_metrics()),
        ('int_success__contributions', success_metrics()),
        ('int_economics__contributions', economics_metrics()),
    ]) }}
{%- endmacro %}


{#- A metric as a row of dim_metrics; its subject is in the name of the contributions model. -#}
{% macro metric_row(metric, model) -%}
select
    '{{ metric.name }}' as metric,
    '{{ model.split("__")[0][4:] }}' as subject,
    '{{ metric.unit }}' as unit,
    {{ as_text_literal(metric.reads_as | default(metric.numerator)) }} as numerator_formula,
    nullif({{ as_text_literal(metric.denominator | default('')) }}, '') as denominator_formula,
    {{ '1 = 1' if metric.splits is not defined else '1 = 0' }} as is_split_by_account
{%- endmacro %}


{#-
    Each account's part of the metrics of a contributions model: their formulas over the account's measures. The model is
    read once for all of them. is_summed: the relation has one row an account and month, with nothing left to add up.
-#}
{% macro metric_parts(metrics, relation, is_summed=false) -%}
    {%- set split = metrics | selectattr('splits', 'undefined') | list -%}
    {%- set segment = ['measures.dimension', 'measures.dimension_value'] if split[0].dimension else ["'all'", "'all'"] -%}
    select
        measures.policy,
        measures.month,
        metrics.metric,
        {{ segment[0] }} as dimension,
        {{ segment[1] }} as dimension_value,
        measures.billing_entity,
        measures.account_id,
        {%- for side in ['numerator', 'denominator'] %}
        cast({{ 'sum' if not is_summed }}(
            case metrics.metric
                {%- for metric in split if metric[side] %}
                when '{{ metric.name }}' then cast({{ metric[side] }} as {{ type_of('part') }})
                {%- endfor %}
                else null
            end
        ) as {{ type_of('part') }}) as {{ side }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as measures
    cross join (
        {%- for metric in split %}
        select '{{ metric.name }}' as metric
        {{- ' union all' if not loop.last }}
        {%- endfor %}
    ) as metrics
    {%- if not is_summed %}
    group by
        measures.policy, measures.month, metrics.metric,
        {{ segment | join(', ') ~ ',' if split[0].dimension }} measures.billing_entity, measures.account_id
    {%- endif %}
{%- endmacro %}


{#-
    What rounding left of a figure, in its last digit, for the part in a place: the parts in the first places get one
    each, and if there are more than parts, the first ones another. Nothing, if it is more than rounding can leave.
-#}
{% macro share_of_rounding(left, parts, place) -%}
    case
        when abs({{ left }}) <= 10 * {{ parts }}
            then cast(floor((abs({{ left }}) - {{ place }} + {{ parts }}) / {{ parts }}) as {{ type_of('integer') }})
        else 0
    end * case when {{ left }} < 0 then -0.000001 else 0.000001 end
{%- endmacro %}
