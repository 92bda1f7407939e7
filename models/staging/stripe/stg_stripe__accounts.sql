{{ config(enabled='stripe' in systems_in_use('accounts')) }}

with customers as (
    {{ source_table('stripe', 'customer') }}
)

select
    {{ as_text_literal(var("stripe_billing_entity")) }} as billing_entity,
    id as account_id,
    coalesce(name, email) as account_name,
    address_country as country,
    {{ null_columns('accounts', ['parent_account_id', 'region', 'industry', 'employee_count']) }}
    {{ null_columns('accounts', var('account_extra_columns')) }}
    upper(currency) as currency,
    created as created_at,
    not livemode as is_test,
    is_deleted,
    'stripe' as source_system,
    created as loaded_at,
    unreadable_column,
    unreadable_value,
    cast(null as {{ type_of('text') }}) as emptied
from customers
