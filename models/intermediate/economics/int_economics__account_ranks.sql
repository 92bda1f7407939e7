{%- set one_month = 'partition by levels.policy, rates.month' -%}
{{ config(materialized="view") }}

-- Of accounts that pay the same, the first by its key is the larger one.
select
    levels.policy,
    rates.month,
    levels.billing_entity,
    levels.account_id,
    {{ in_reporting_currency('levels.mrr', 'rates.rate') }} as mrr,
    row_number() over (
        {{ one_month }}
        order by
            {{ in_reporting_currency('levels.mrr', 'rates.rate') }} desc,
            {{ by_bytes('levels.billing_entity') }},
            {{ by_bytes('levels.account_id') }}
    ) as place,
    count(*) over ({{ one_month }}) as all_accounts
from {{ ref('int_economics__mrr_levels') }} as levels
inner join {{ ref('contract_month_rates') }} as rates
    on levels.mrr_currency = rates.currency
    and levels.month_from <= rates.month
    and levels.month_to > rates.month
where rates.month <= {{ as_of_month() }}
