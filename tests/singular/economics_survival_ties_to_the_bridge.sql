-- Accounts at risk of being lost in a month, over all ages, are those that open it; the losses are the churned ones.
-- (Those that were there when a cut-off history began have no age; with such entities there are fewer.)
with ages as (
    select policy, month, dimension, dimension_value, sum(at_risk) as at_risk, sum(losses) as losses
    from {{ ref('int_economics__lifetimes_at_risk') }}
    group by policy, month, dimension, dimension_value
),

mrr as (
    select policy, month, dimension, dimension_value, opening_accounts, churn_accounts
    from {{ ref('int_metrics__mrr') }}
),

compared as (
    select
        mrr.*,
        coalesce(ages.at_risk, 0) as at_risk,
        coalesce(ages.losses, 0) as losses
    from mrr
    left join ages on {{ same('mrr', 'ages', ['policy', 'month', 'dimension', 'dimension_value']) }}
)

select * from compared
where at_risk > opening_accounts
    or losses > churn_accounts
    or losses > at_risk
    {%- if not var('history_starts') %}
    or at_risk <> opening_accounts
    or losses <> churn_accounts
    {%- else %}
    or dimension = 'billing_entity'
    and dimension_value not in ({{ as_text_literals(var("history_starts")) }})
    and (at_risk <> opening_accounts or losses <> churn_accounts)
    {%- endif %}
