{{ config(severity='warn') }}
-- CSAT answers on scales that the seed csat_scales doesn't have. They are in no figure: add the scale.
select billing_entity, survey_id, scale, count(*) as answers
from {{ ref('int_voice__answers') }}
where survey_type = 'csat'
    and is_satisfied is null
group by billing_entity, survey_id, scale
