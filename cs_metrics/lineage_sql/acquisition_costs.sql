-- A cost may count in a later month than its own (variable cac_lag_months).
found as (
    select costs.*
    from metrics_intermediate.contract_acquisition_costs as costs
    cross join given
    where date_trunc('month', costs.cost_date) in (
        select counted.cost_month
        from metrics_intermediate.int_economics__acquisition_costs as counted
        where counted.month = given.month
    )
        and costs.cost_date < given.closes
)
select
    billing_entity, cost_id, cost_date, category, channel, segment_value, is_paid_media, amount, currency, source_system, loaded_at
from found
order by amount desc, cost_date, category, channel, segment_value, cost_id
