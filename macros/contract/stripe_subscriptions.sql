{#- What several of Stripe's staging models do alike. The CTEs that a macro reads are named after the source's tables. -#}

{#- Of prices and plans: one row a price, or a plan that isn't among the prices; amounts in the minor unit. -#}
{% macro stripe_price_list() -%}
    select
        id as price_id,
        product_id,
        upper(currency) as currency,
        coalesce(unit_amount_decimal, unit_amount) as unit_amount,
        case when price_type = 'one_time' then 'once' else recurring_interval end as interval_unit,
        case when price_type = 'one_time' then 1 else recurring_interval_count end as interval_count,
        coalesce(recurring_usage_type = 'metered', false) as is_metered,
        coalesce(billing_scheme = 'tiered', false) as is_tiered,
        transform_quantity_divide_by as package_size,
        transform_quantity_round as package_rounding,
        unreadable_column,
        unreadable_value
    from prices
    union all
    select
        plans.id as price_id,
        plans.product_id,
        upper(plans.currency) as currency,
        plans.amount as unit_amount,
        plans.billing_interval as interval_unit,
        plans.interval_count,
        coalesce(plans.usage_type = 'metered', false) as is_metered,
        coalesce(plans.billing_scheme = 'tiered', false) as is_tiered,
        plans.transform_usage_divide_by as package_size,
        plans.transform_usage_round as package_rounding,
        plans.unreadable_column,
        plans.unreadable_value
    from plans
    left join prices
        on plans.id = prices.id
    where prices.id is null
{%- endmacro %}


{#-
    Of subscription_history and subscriptions: one row a version of a subscription that is known on the as-of date.
    version_from is when it began, where the loader says so; is_latest marks how the subscription stands. What the
    history has goes before the table without one.
-#}
{% macro stripe_subscription_versions() -%}
    {%- set columns = [
        'id', 'customer_id', 'status', 'created', 'start_date', 'trial_start', 'trial_end', 'canceled_at', 'cancel_at',
        'cancel_at_period_end', 'ended_at', 'current_period_end', 'billing_cycle_anchor', 'quantity',
        'pause_collection_behavior', 'pause_collection_resumes_at', 'unreadable_column', 'unreadable_value',
    ] -%}
    select
        {{ columns | join(',\n        ') }},
        _fivetran_start as version_from,
        id is null or row_number() over (
            partition by id
            order by
                coalesce(_fivetran_start, _fivetran_synced, created) desc nulls last,
                case when _fivetran_active then 0 else 1 end,
                current_period_end desc nulls last,
                {{ by_bytes('status') }} nulls last
        ) = 1 as is_latest
    from subscription_history
    where _fivetran_start is null or {{ local_time('_fivetran_start') }} < {{ as_of_cutoff() }}
    union all
    select
        {%- for column in columns %}
        subscriptions.{{ column }},
        {%- endfor %}
        cast(null as {{ type_of('timestamp') }}) as version_from,
        true as is_latest
    from subscriptions
    left join (select distinct id from subscription_history) as versioned
        on subscriptions.id = versioned.id
    where versioned.id is null
{%- endmacro %}
