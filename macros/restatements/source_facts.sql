{#-
    What an account's figures of a month rest on, as sums of hashes: its accepted source rows, each from its earliest date
    on, and of the dates that come later (an end, a payment) each from its own month on. The sums over the months up to
    one say, when they are kept and compared, whether rows that bear on that month came, went or changed.
-#}
{% macro source_facts(table) -%}
    {%- set columns = contract_columns(table) | rejectattr('name', 'in', ['source_system', 'loaded_at']) | list -%}
    {%- set later = dates_that_come_later() -%}
    {%- set names = columns | map(attribute='name') | list -%}
    {%- set dates = columns | selectattr('kind', 'in', ['date', 'timestamp']) | map(attribute='name') | list -%}
    {%- set values = [] -%}
    {%- for column in columns if column.name not in later + ['status'] -%}
        {%- set value = 'facts.' ~ column.name -%}
        {%- do values.append(digits_as_text(column.kind, value) if column.kind in ('price', 'rate') else value) -%}
    {%- endfor -%}
    {%- set entity = 'facts.billing_entity' if 'billing_entity' in names else all_entities() -%}
    {%- set key = "'" ~ table ~ "|' || " ~ row_content(contract_key(table), 'facts') -%}
    select
        {{ entity }} as billing_entity,
        {{ account_of_facts(table) }} as account_id,
        {{ earliest_month(dates, table) }} as month,
        1 as source_rows,
        {{ text_hash(key) }} as key_hash,
        {{ text_hash("'" ~ table ~ "|' || " ~ texts_of(values) ~ settled_status(table)) }} as content_hash
    from {{ ref('contract_' ~ table) }} as facts
    {{- joins_of_facts(table) }}
    {%- for date in dates if date in later %}
    union all
    select
        {{ entity }} as billing_entity,
        {{ account_of_facts(table) }} as account_id,
        {{ month_of('facts.' ~ date) }} as month,
        0 as source_rows,
        0 as key_hash,
        {{ text_hash(key ~ " || '|" ~ date ~ "|' || " ~ row_content([date], 'facts')) }} as content_hash
    from {{ ref('contract_' ~ table) }} as facts
    {{- joins_of_facts(table) }}
    where facts.{{ date }} is not null
    {%- endfor %}
{%- endmacro %}


{#- The contract's tables whose rows belong to accounts or to a company; products and rates are no one's. -#}
{% macro tables_with_facts() -%}
    {{ return(contract_tables() | reject('in', ['products', 'exchange_rates']) | list) }}
{%- endmacro %}


{#- What a row learns after it began; a change of these bears on the months from then on. -#}
{% macro dates_that_come_later() -%}
    {{ return([
        'valid_to', 'ended_at', 'trial_ended_at', 'cancel_requested_at', 'resumed_at', 'paid_at', 'deactivated_at', 'closed_at',
    ]) }}
{%- endmacro %}


{#- A status as far as no date says it: whether an invoice is billed, whether a subscription is one, is on trial, or has ended. -#}
{% macro settled_status(table) -%}
    {%- if table == 'invoices' -%}
    || case when facts.status in ('open', 'paid') then 'billed' else facts.status end
    {%- elif table == 'subscriptions' -%}
    || case
        when facts.status = 'incomplete' then 'incomplete'
        when facts.trial_from is not null and facts.trial_to is null then 'trialing'
        when facts.status = 'cancelled' and facts.ended_at is null then 'cancelled'
        else 'begun'
    end
    {%- endif -%}
{%- endmacro %}


{% macro account_of_facts(table) -%}
    {%- set names = contract_columns(table) | map(attribute='name') | list -%}
    {%- if 'account_id' in names -%}
    coalesce(facts.account_id, {{ no_account() }})
    {%- elif 'subscription_id' in names -%}
    coalesce(subscriptions.account_id, {{ no_account() }})
    {%- else -%}
    {{ no_account() }}
    {%- endif -%}
{%- endmacro %}


{#- A discount on an item is its subscription's. -#}
{% macro joins_of_facts(table) -%}
    {%- if table in ('subscription_items', 'subscription_pauses', 'discounts') %}
        {%- if table == 'discounts' %}
    left join item_subscriptions
        on facts.billing_entity = item_subscriptions.billing_entity
        and facts.item_id = item_subscriptions.item_id
        {%- endif %}
    left join {{ ref('contract_subscriptions') }} as subscriptions
        on facts.billing_entity = subscriptions.billing_entity
        and {{ 'coalesce(facts.subscription_id, item_subscriptions.subscription_id)' if table == 'discounts' else 'facts.subscription_id' }} = subscriptions.subscription_id
    {%- endif %}
{%- endmacro %}


{#- The subscription of each item that a discount names. -#}
{% macro item_subscriptions() -%}
select distinct items.billing_entity, items.item_id, items.subscription_id
from {{ ref('contract_subscription_items') }} as items
where exists (
    select 1 from {{ ref('contract_discounts') }} as discounts
    where items.billing_entity = discounts.billing_entity
        and items.item_id = discounts.item_id
)
{%- endmacro %}


{#- A line without service dates has its invoice's. -#}
{% macro earliest_month(dates, table) -%}
    {%- set instants = prefixed('facts', dates + (['issued_at'] if table == 'invoice_lines' else [])) -%}
    {%- set instants_or_never = [] -%}
    {%- for instant in instants -%}
        {%- do instants_or_never.append('coalesce(' ~ month_of(instant) ~ ', ' ~ end_of_time() ~ ')') -%}
    {%- endfor -%}
    {{ instants_or_never[0] if instants_or_never | length == 1 else 'least(' ~ instants_or_never | join(', ') ~ ')' }}
{%- endmacro %}
