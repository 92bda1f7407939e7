-- The users of a week and of a month are those of 7 and 30 days up to its end, which may reach back before it.
found as (
    select events.*
    from metrics_intermediate.contract_usage_events as events
    inner join own
        on events.billing_entity = own.billing_entity
        and events.account_id = own.own_account_id
    where events.usage_date < own.closes
        and events.usage_date >= case when contains(own.formulas, 'ly_users') then least(own.opens, own.closes - 30) else own.opens end
        and events.event_count > 0
)
select billing_entity, usage_date, account_id, user_id, feature, event_count, minutes, source_system, loaded_at
from found
order by usage_date desc, event_count desc, account_id, user_id, feature
