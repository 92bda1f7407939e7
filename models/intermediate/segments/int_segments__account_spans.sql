{%- set segments = custom_segments() -%}
with accounts as (
    select billing_entity, account_id from {{ ref('int_accounts__attributes') }}
),

values_over_time as (
    select
        billing_entity,
        account_id,
        segment_name,
        segment_value,
        valid_from,
        coalesce(valid_to, cast({{ end_of_time() }} as timestamp)) as valid_to
    from {{ ref('contract_account_segments') }}
),
{%- for segment in segments %}

segment_{{ loop.index }} as (
    select * from values_over_time
    where segment_name = {{ as_text_literal(segment) }}
),
{%- endfor %}

-- Every account has all of its time covered, from before anything happened.
starts as (
    select billing_entity, account_id, cast('{{ first_day() }}' as timestamp) as span_from
    from accounts
    union distinct
    select billing_entity, account_id, valid_from as span_from
    from values_over_time
    union distinct
    select billing_entity, account_id, valid_to as span_from
    from values_over_time
    where valid_to < cast({{ end_of_time() }} as timestamp)
),

spans as (
    select
        starts.billing_entity,
        starts.account_id,
        starts.span_from,
        coalesce(
            lead(starts.span_from) over (
                partition by starts.billing_entity, starts.account_id order by starts.span_from
            ),
            cast({{ end_of_time() }} as timestamp)
        ) as span_to
    from starts
    inner join accounts
        on starts.billing_entity = accounts.billing_entity
        and starts.account_id = accounts.account_id
),

final as (
    select
        spans.billing_entity,
        spans.account_id,
        {%- for segment in segments %}
        coalesce(segment_{{ loop.index }}.segment_value, '(none)') as segment_{{ segment }},
        {%- endfor %}
        -- The months whose opening instant is in the span, and those whose last instant is.
        {{ month_beginning_in('spans.span_from') }} as opening_from,
        {{ month_beginning_in('spans.span_to') }} as opening_to,
        {{ month_of('spans.span_from') }} as closing_from,
        {{ month_of('spans.span_to') }} as closing_to
    from spans
    {% for segment in segments %}
    left join segment_{{ loop.index }}
        on spans.billing_entity = segment_{{ loop.index }}.billing_entity
        and spans.account_id = segment_{{ loop.index }}.account_id
        and spans.span_from >= segment_{{ loop.index }}.valid_from
        and spans.span_from < segment_{{ loop.index }}.valid_to
    {% endfor %}
)

select * from final
