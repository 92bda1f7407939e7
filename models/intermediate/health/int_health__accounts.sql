with accounts as (
    select * from {{ ref('int_success__paying_accounts') }}
),

components as (
    select
        *,
        sum(weight) over () as all_weights
    from {{ ref('health_components') }}
),

bands as (
    select
        band,
        lower_bound,
        lead(lower_bound) over (order by lower_bound) as upper_bound
    from {{ ref('health_bands') }}
),

points as (
    select
        measures.policy,
        measures.billing_entity,
        measures.account_id,
        measures.component,
        measures.measure,
        components.weight,
        components.all_weights,
        cast({{ health_points(
            'measures.measure', 'components.worst_value', 'components.best_value'
        ) }} as {{ type_of('decimal') }}) as points
    from {{ ref('int_health__measures') }} as measures
    inner join components on measures.component = components.component
),

weighted as (
    select
        *,
        cast(weight as {{ type_of('figure') }}) * points as weighted_points
    from points
),

scored as (
    select
        policy,
        billing_entity,
        account_id,
        count(*) as components,
        {%- for component, measure in health_components().items() %}
        max(case component when '{{ component }}' then measure end) as {{ measure }},
        max(case component when '{{ component }}' then points end) as {{ component }}_health,
        {%- endfor %}
        {{ exact_quotient('sum(weighted_points)', 'sum(weight)', 4) }} as weighted_mean,
        {{ safe_ratio('sum(weight)', 'max(all_weights)') }} as coverage
    from weighted
    group by policy, billing_entity, account_id
),

covered as (
    select
        accounts.policy,
        accounts.billing_entity,
        accounts.account_id,
        {%- for component, measure in health_components().items() %}
        scored.{{ measure }},
        scored.{{ component }}_health,
        {%- endfor %}
        accounts.mrr,
        coalesce(scored.components, 0) as components,
        coalesce(scored.coverage, 0) as coverage,
        coalesce(scored.coverage, 0) >= {{ var('health_minimum_coverage') }} as has_enough_coverage,
        case when scored.coverage >= {{ var('health_minimum_coverage') }} then scored.weighted_mean end as health_score
    from accounts
    left join scored
        on {{ same_account('accounts', 'scored') }}
),

final as (
    select
        covered.*,
        bands.band as health_band
    from covered
    left join bands
        on covered.health_score >= bands.lower_bound
        and covered.health_score < coalesce(bands.upper_bound, covered.health_score + 1)
)

select * from final
