select
    policy,
    billing_entity,
    account_id,
    first_purchased_on,
    last_purchased_on,
    cast(purchases as {{ type_of('integer') }}) as purchases,
    cast(frequency as {{ type_of('integer') }}) as frequency,
    cast(recency_days as {{ type_of('integer') }}) as recency_days,
    cast(age_days as {{ type_of('integer') }}) as age_days,
    cast({{ exact_quotient('recency_days', 7, 2) }} as decimal(18, 2)) as recency_weeks,
    cast({{ exact_quotient('age_days', 7, 2) }} as decimal(18, 2)) as age_weeks,
    cast(amount as {{ type_of('figure') }}) as purchase_amount,
    cast(repeat_purchase_value as {{ type_of('figure') }}) as monetary_value
from {{ ref('int_economics__customers') }}
