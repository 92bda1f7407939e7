{{ config(severity='warn') }}
-- Charge codes that no rule knows. They are kept, and in no recurring figure: add them to the seed
-- charge_code_rules (or set charge_class on their products).
select charge_type, count(*) as lines, sum(abs(amount)) as amount
from {{ ref('fct_revenue_lines') }}
where revenue_class = 'unclassified'
group by charge_type
