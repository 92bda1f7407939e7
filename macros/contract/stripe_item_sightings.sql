{#-
    Of items, versions, lines, invoices and price_list: one row an item of a subscription and instant at which its plan
    and quantity are seen. The table of items has each only as it stands, so what it was on before is seen elsewhere:

        1  its invoice lines, which say plan and quantity from the line's period on
        2  the history of its subscription, which says the quantity where it's the only item (the plan: as before)
        3  the table of items, from when the loader wrote the row

    Of several at one instant the first counts, of lines the one that bills most: at a change the new terms are billed
    and the old ones credited. period_amount is what a whole period of a tiered price came to.
-#}
{% macro stripe_item_sightings() -%}
    select
        item_id,
        seen_at,
        plan_id,
        quantity,
        period_amount,
        row_number() over (
            partition by item_id, seen_at order by precedence, billed_amount desc nulls last, {{ by_bytes('plan_id') }} nulls last, quantity nulls last
        ) as place
    from (
        select
            lines.subscription_item_id as item_id,
            lines.period_start as seen_at,
            1 as precedence,
            lines.plan_id,
            case when price_list.is_tiered then sum(lines.quantity) else max(lines.quantity) end as quantity,
            case when price_list.is_tiered then sum(lines.amount) end as period_amount,
            sum(lines.amount) as billed_amount
        from lines
        inner join invoices
            on lines.invoice_id = invoices.id
        inner join price_list
            on lines.plan_id = price_list.price_id
        where invoices.status in ('open', 'paid', 'uncollectible')
            and lines.subscription_item_id is not null
            and not price_list.is_metered
            and not (price_list.is_tiered and coalesce(lines.proration, false))
        group by lines.subscription_item_id, lines.period_start, lines.plan_id, price_list.is_tiered
        union all
        select
            only_items.item_id,
            versions.version_from as seen_at,
            2 as precedence,
            cast(null as {{ type_of('text') }}) as plan_id,
            versions.quantity,
            cast(null as {{ type_of('decimal') }}) as period_amount,
            cast(null as {{ type_of('decimal') }}) as billed_amount
        from versions
        inner join (
            select subscription_id, max(id) as item_id, max(plan_id) as plan_id
            from items
            group by subscription_id
            having count(*) = 1
        ) as only_items
            on versions.id = only_items.subscription_id
        inner join price_list
            on only_items.plan_id = price_list.price_id
        where versions.version_from is not null
            and versions.quantity is not null
            and not price_list.is_metered
            and not price_list.is_tiered
        union all
        select
            id as item_id,
            coalesce(_fivetran_synced, created) as seen_at,
            3 as precedence,
            plan_id,
            quantity,
            cast(null as {{ type_of('decimal') }}) as period_amount,
            cast(null as {{ type_of('decimal') }}) as billed_amount
        from items
    ) as sightings
{%- endmacro %}
