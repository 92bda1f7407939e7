with accounts as (
    select billing_entity, account_id from {{ ref('contract_accounts') }}
    where not coalesce(is_test, false)
),

subscriptions as (
    select billing_entity, subscription_id, account_id from {{ ref('contract_subscriptions') }}
),

items as (
    {{ with_revenue_class('contract_subscription_items') }}
),

rates as (
    select
        currency, month, rate, row_number() over (partition by currency order by month desc) as recency
    from {{ ref('contract_month_rates') }}
),

-- One policy's factors for weeks and days do to tell how much a code weighs.
policies as (
    select * from {{ ref('int_policies') }}
    where policy = (select min(policy) from {{ ref('int_policies') }})
),

-- Of an item, the term that is in force counts, or the last one that was; its other terms are counted as rows.
terms as (
    select
        items.*,
        row_number() over (
            partition by items.billing_entity, items.item_id
            order by case when items.valid_from < {{ as_of_cutoff() }} then 0 else 1 end, items.valid_from desc
        ) as place
    from items
    inner join subscriptions
        on items.billing_entity = subscriptions.billing_entity
        and items.subscription_id = subscriptions.subscription_id
    inner join accounts
        on subscriptions.billing_entity = accounts.billing_entity
        and subscriptions.account_id = accounts.account_id
),

priced as (
    select
        terms.charge_type,
        terms.charge_class,
        terms.revenue_class,
        terms.currency,
        case when terms.place = 1 then {{ monthly_amount(
            price_of_quantity('terms.unit_amount', 'terms.quantity'), 'terms.interval_unit', 'terms.interval_count', 'policies'
        ) }} end as amount
    from terms
    cross join policies
),

amounts as (
    select
        'subscription_items' as table_name,
        priced.charge_type,
        priced.charge_class,
        priced.revenue_class is null as is_unknown,
        abs({{ in_reporting_currency('priced.amount', 'rates.rate') }}) as amount
    from priced
    left join rates
        on priced.currency = rates.currency
        and rates.recency = 1
    union all
    select
        'invoice_lines' as table_name,
        lines.charge_type,
        products.charge_class,
        lines.revenue_class = 'unclassified' as is_unknown,
        abs({{ in_reporting_currency('lines.amount', 'rates.rate') }}) as amount
    from {{ ref('int_revenue__lines') }} as lines
    left join {{ ref('contract_products') }} as products
        on lines.billing_entity = products.billing_entity
        and lines.product_id = products.product_id
    left join rates
        on lines.currency = rates.currency
        and {{ month_of('lines.issued_at') }} = rates.month
    where not lines.is_test_account
),

totals as (
    select table_name, sum(amount) as amount
    from amounts
    group by table_name
),

unknown as (
    select
        amounts.table_name,
        {{ word_of('amounts.charge_type') }} as charge_code,
        amounts.charge_class,
        count(*) as row_count,
        cast(coalesce({{ safe_ratio(
            'cast(sum(amounts.amount) as ' ~ type_of('total') ~ ')', 'cast(max(totals.amount) as ' ~ type_of('total') ~ ')'
        ) }}, 0) as {{ type_of('value') }}) as share_of_amount,
        case
            when amounts.charge_class is not null
                then 'No revenue class is called ' || amounts.charge_class || ': mend charge_class of the products'
            else {{ word_of('amounts.charge_type') }} || ',<revenue class>,<reason>'
        end as line_to_add
    from amounts
    inner join totals on amounts.table_name = totals.table_name
    where amounts.is_unknown
    group by amounts.table_name, {{ word_of('amounts.charge_type') }}, amounts.charge_class
),

final as (
    select
        *,
        sum(share_of_amount) over (partition by table_name) as share_of_all
    from unknown
)

select * from final
