{#-
    The terms of items with their subscription and the time in which they are paid for: while the subscription's service
    lasts, and from the trial's end on where they begin in a trial. Nothing was ever paid where paid_from isn't before
    paid_to. Subscriptions that never began (incomplete) have no terms here.
-#}
{% macro paid_items() -%}
    select
        in_service.*,
        coalesce(in_service.service_from >= in_service.trial_from and in_service.service_from < in_service.trial_to, false) as follows_trial,
        case
            when in_service.service_from >= in_service.trial_from and in_service.service_from < in_service.trial_to
                then in_service.trial_to
            else in_service.service_from
        end as paid_from
    from (
        select
            items.*,
            subscriptions.account_id,
            subscriptions.started_at,
            subscriptions.signed_at,
            subscriptions.cancel_requested_at,
            subscriptions.trial_from,
            coalesce(subscriptions.trial_to, cast({{ end_of_time() }} as timestamp)) as trial_to,
            greatest(items.valid_from, subscriptions.started_at) as service_from,
            least(
                coalesce(items.valid_to, cast({{ end_of_time() }} as timestamp)),
                coalesce(subscriptions.service_ended_at, cast({{ end_of_time() }} as timestamp))
            ) as paid_to
        from (
            {{ with_revenue_class('contract_subscription_items') | indent(8) }}
        ) as items
        inner join {{ ref('contract_subscriptions') }} as subscriptions
            on items.billing_entity = subscriptions.billing_entity
            and items.subscription_id = subscriptions.subscription_id
        where subscriptions.status <> 'incomplete'
    ) as in_service
{%- endmacro %}
