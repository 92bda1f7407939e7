{#-
    The facts that bear on some months: those of the month and of all before it, added up by what the month is kept by.
    `months` is a relation with month and kept_by. The sums run from month to month, so that each fact is added once.
-#}
{% macro facts_up_to(months) -%}
    {%- set label = label_of('facts', 'kinds', 'account_groups') -%}
    {%- set one_label = 'partition by kept_by, billing_entity, account_id order by month' -%}
    select
        months.month,
        running.billing_entity,
        running.account_id,
        running.source_rows,
        running.key_hash,
        running.content_hash
    from {{ months }} as months
    inner join (
        select
            kept_by,
            billing_entity,
            account_id,
            month as month_from,
            coalesce(lead(month) over ({{ one_label }}), {{ end_of_time() }}) as month_to,
            {%- for sum, kind in [('source_rows', 'integer'), ('key_hash', 'hash'), ('content_hash', 'hash')] %}
            cast(sum({{ sum }}) over ({{ one_label }} rows unbounded preceding) as {{ type_of(kind) }}) as {{ sum }}{{ ',' if not loop.last }}
            {%- endfor %}
        from (
            select kinds.kept_by, facts.billing_entity, {{ label }} as account_id, facts.month, {{ sums_of_facts() }}
            from {{ ref('int_restatements__facts') }} as facts
            cross join (select distinct kept_by from {{ months }}) as kinds
            left join {{ ref('int_restatements__account_groups') }} as account_groups
                on facts.billing_entity = account_groups.billing_entity
                and facts.account_id = account_groups.account_id
            group by kinds.kept_by, facts.billing_entity, {{ label }}, facts.month
        ) as monthly
    ) as running
        on months.kept_by = running.kept_by
        and months.month >= running.month_from
        and months.month < running.month_to
{%- endmacro %}


{#-
    CTEs, of which the last is `name`: the parts that accounts or their groups have in some of the company's figures today.
    `figures` is a CTE with policy, month and metric. The measures are added up first: formulas are linear in them, and
    there are few rows to work them out for. Where no figure is asked for, nothing is read.
-#}
{% macro parts_by_label(figures, name) -%}
    needed_months as (
        select distinct figures.policy, figures.month, months.kept_by
        from {{ figures }} as figures
        inner join {{ ref('int_restatements__months') }} as months on figures.month = months.month
        where months.kept_by <> 'all'
    ),
    {% for model, metrics in contribution_models() if not metrics[0].dimension %}
    {{ model }}_sums as (
        {{ measures_by_label(model, 'needed_months') }}
    ),
    {% endfor %}
    parts_of_months as (
        {%- for model, metrics in contribution_models() if not metrics[0].dimension %}
        {{ metric_parts(metrics, model ~ '_sums', is_summed=true) }}
        {{- '\n        union all' if not loop.last }}
        {%- endfor %}
    ),

    {{ name }} as (
        select
            parts.policy,
            parts.month,
            parts.metric,
            parts.billing_entity,
            parts.account_id,
            cast(parts.numerator as {{ type_of('figure') }}) as numerator,
            cast(parts.denominator as {{ type_of('figure') }}) as denominator
        from parts_of_months as parts
        inner join {{ figures }} as figures on {{ same('parts', 'figures', ['policy', 'month', 'metric']) }}
        where parts.numerator <> 0
            or parts.denominator <> 0
    )
{%- endmacro %}


{#-
    The measures of a contributions model, added up by what each of some months is kept by. Those of other sources are 0 in
    a row, so asking for a source's own ones leaves the others out of what is read.
-#}
{% macro measures_by_label(model, months) -%}
    {%- set columns = contribution_columns(model) -%}
    {%- set label = label_of('accounts', 'months', 'account_groups') -%}
    {%- set keys = ['policy', 'month', 'billing_entity', 'account_id'] -%}
    select
        {{ (prefixed('sums', keys) + prefixed('factors', columns.factors)) | join(', ') }},
        {%- for measure in columns.measures %}
        cast(sum(sums.{{ measure }}) as {{ type_of('part') }}) as {{ measure }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        {%- for measures in columns.together %}
        {%- set own = {} -%}
        {%- for measure in measures -%}{%- do own.update({measure: 'sum(accounts.' ~ measure ~ ')'}) -%}{%- endfor %}
        select
            {{ prefixed('accounts', keys[:3]) | join(', ') }},
            {{ label }} as account_id,
            {{- measures_of_source(columns.measures, own) | indent(8) }}
        from {{ ref(model) }} as accounts
        inner join {{ months }} as months
            on accounts.policy = months.policy
            and accounts.month = months.month
        left join {{ ref('int_restatements__account_groups') }} as account_groups
            on accounts.billing_entity = account_groups.billing_entity
            and accounts.account_id = account_groups.account_id
        where {{ is_kept_apart('accounts.month') }}
            and ({{ prefixed('accounts', measures) | join(' <> 0 or ') }} <> 0)
        group by {{ prefixed('accounts', keys[:3]) | join(', ') }}, {{ label }}
        {{- '\n        union all' if not loop.last }}
        {%- endfor %}
    ) as sums
    {%- if columns.factors %}
    left join (
        select policy, month, {{ columns.factors | join(', ') }}
        from {{ ref(model) }}
        where whole <> 0
    ) as factors
        on sums.policy = factors.policy
        and sums.month = factors.month
    {%- endif %}
    group by {{ (prefixed('sums', keys) + prefixed('factors', columns.factors)) | join(', ') }}
{%- endmacro %}
