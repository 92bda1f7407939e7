{{ built_by_account() }}

{%- set whole_subscription = prefixed('slices', ['billing_entity', 'subscription_id', 'currency', 'slice_from']) -%}
with slices as (
    select * from {{ ref('int_mrr__term_slices') }} as term_slices
    where {{ is_changed('term_slices') }}
),

discounts as (
    select * from {{ ref('int_mrr__discount_spans') }}
),

-- Percentages are taken off the list price and add up; so do amounts. More than all of it is all of it, so
-- that the sum may end where the decimal does.
slice_discounts as (
    select
        slices.billing_entity,
        slices.item_id,
        slices.valid_from,
        {%- for rule, counts in [('all', '1 = 1'), ('forever', 'discounts.is_forever')] %}
        cast(
            least(sum(case when {{ counts }} then discounts.percent_off else 0 end), 100) as decimal(9, 6)
        ) as percent_{{ rule }},
        sum(case when {{ counts }} and not discounts.is_shared then discounts.amount_off else 0 end) as own_{{ rule }},
        sum(case when {{ counts }} and discounts.is_shared then discounts.amount_off else 0 end) as shared_{{ rule }},
        {%- endfor %}
        slices.slice_from
    from slices
    inner join discounts
        on slices.billing_entity = discounts.billing_entity
        and slices.item_id = discounts.item_id
        and slices.currency = discounts.currency
        and slices.slice_from >= discounts.month_from
        and slices.slice_from < discounts.month_to
    group by slices.billing_entity, slices.item_id, slices.valid_from, slices.slice_from
),

-- An amount off the whole subscription is shared out along the running sum of its items' list prices, so that
-- the shares add up to the amount.
weighted as (
    select
        slices.*,
        {%- for rule in ['all', 'forever'] %}
        slice_discounts.percent_{{ rule }},
        slice_discounts.own_{{ rule }},
        slice_discounts.shared_{{ rule }},
        {%- endfor %}
        greatest(slices.period_amount, 0) as weight,
        sum(greatest(slices.period_amount, 0)) over (
            partition by {{ whole_subscription | join(', ') }}
            order by {{ by_bytes('slices.item_id') }}, slices.valid_from rows unbounded preceding
        ) as running_weight,
        sum(greatest(slices.period_amount, 0)) over (
            partition by {{ whole_subscription | join(', ') }}
        ) as total_weight
    from slices
    left join slice_discounts
        on slices.billing_entity = slice_discounts.billing_entity
        and slices.item_id = slice_discounts.item_id
        and slices.valid_from = slice_discounts.valid_from
        and slices.slice_from = slice_discounts.slice_from
),

shared_out as (
    select
        {%- for rule in ['all', 'forever'] %}
        {{ weighted_amount('shared_' ~ rule, 'running_weight') }} as up_to_{{ rule }},
        {{ weighted_amount('shared_' ~ rule, 'running_weight - weight') }} as before_{{ rule }},
        {%- endfor %}
        weighted.*
    from weighted
),

final as (
    select
        billing_entity,
        account_id,
        item_id,
        valid_from,
        {%- for rule in ['all', 'forever'] %}
        {{ discounted_amount(
            'period_amount',
            'percent_' ~ rule,
            'own_' ~ rule ~ ' + ' ~ share_of('up_to_' ~ rule, 'before_' ~ rule, 'total_weight')
        ) }} as amount_{{ rule }},
        {%- endfor %}
        slice_from
    from shared_out
)

select * from final
