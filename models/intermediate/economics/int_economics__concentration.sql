{%- set segment = ['policy', 'month', 'dimension', 'dimension_value'] -%}
{%- set tops = concentration_tops() | map(attribute='name') | list -%}
{%- set one_band = 'partition by ' ~ prefixed('cut_bands', segment + ['band']) | join(', ') -%}
{%- set one_segment = 'partition by ' ~ segment | join(', ') -%}
-- What each account pays at each month's end. Its band, the whole root, tells the larger from the smaller without sorting.
with levels as {{ read_again() }}(
    select
        levels.policy,
        rates.month,
        {{ prefixed('levels', dimensions()) | join(',\n        ') }},
        {{ in_reporting_currency('levels.mrr', 'rates.rate') }} as mrr,
        cast(floor(sqrt(
            cast({{ in_reporting_currency('levels.mrr', 'rates.rate') }} as {{ dbt.type_float() }})
        )) as {{ type_of('integer') }}) as band
    from {{ ref('int_economics__mrr_levels') }} as levels
    inner join {{ ref('contract_month_rates') }} as rates
        on levels.mrr_currency = rates.currency
        and levels.month_from <= rates.month
        and levels.month_to > rates.month
),

bands as (
    select
        levels.policy,
        levels.month,
        levels.band,
        {{ dimension_columns('levels') }},
        count(*) as accounts,
        sum(levels.mrr) as mrr
    from levels
    {{ group_by_dimensions('levels', ['levels.policy', 'levels.month', 'levels.band']) }}
),

ranked as (
    select
        *,
        sum(accounts) over ({{ one_segment }}) as all_accounts,
        sum(accounts) over ({{ one_segment }} order by band desc rows unbounded preceding) - accounts as larger_accounts
    from bands
),

-- How many of a band's accounts are among the largest.
taken as (
    select
        {%- for top in concentration_tops() %}
        greatest(least(accounts, {{ top.accounts }} - larger_accounts), 0) as {{ top.name }},
        {%- endfor %}
        ranked.*
    from ranked
),

-- Only in a band of which some are and some aren't does it matter which.
cut_bands as (
    select * from taken
    where 1 = 0
        {%- for top in tops %}
        or ({{ top }} > 0 and {{ top }} < accounts)
        {%- endfor %}
),

dimension_names as (
    {%- for dimension in ['all'] + dimensions() %}
    select {{ as_text_literal(dimension_name(dimension)) }} as dimension
    {{- '\n    union all' if not loop.last }}
    {%- endfor %}
),

segmented as (
    select
        levels.policy,
        levels.month,
        levels.band,
        levels.mrr,
        dimension_names.dimension,
        case dimension_names.dimension
            {%- for dimension in dimensions() %}
            when {{ as_text_literal(dimension_name(dimension)) }} then levels.{{ dimension }}
            {%- endfor %}
            else 'all'
        end as dimension_value
    from levels
    cross join dimension_names
),

placed as (
    select
        {{ prefixed('cut_bands', segment + ['band'] + tops) | join(',\n        ') }},
        segmented.mrr,
        row_number() over ({{ one_band }} order by segmented.mrr desc) as place
    from cut_bands
    inner join segmented on {{ same('cut_bands', 'segmented', segment + ['band']) }}
),

cut_sums as (
    select
        {{ segment | join(', ') }},
        {%- for top in concentration_tops() %}
        sum(case when place <= {{ top.name }} then mrr else 0 end) as {{ top.name }}_mrr,
        {%- endfor %}
        band
    from placed
    group by {{ segment | join(', ') }}, band
),

final as (
    select
        {{ prefixed('taken', segment) | join(',\n        ') }},
        {%- for top in concentration_tops() %}
        cast(sum(
            coalesce(cut_sums.{{ top.name }}_mrr, case taken.{{ top.name }} when 0 then 0 else taken.mrr end)
        ) as {{ type_of('figure') }}) as {{ top.name }}_mrr,
        {%- endfor %}
        sum(taken.accounts) as paying_accounts,
        cast(sum(taken.mrr) as {{ type_of('figure') }}) as paying_mrr
    from taken
    left join cut_sums on {{ same('taken', 'cut_sums', segment + ['band']) }}
    group by {{ prefixed('taken', segment) | join(', ') }}
)

select * from final
