with {{ identified_rows('survey_responses') }}

-- An answer counts whether or not its account is known.
select
    {{ checked_columns('survey_responses', 'identified') }}
    case
        {{ common_reasons('survey_responses', 'identified') }}
        {{ word_reason('survey_responses', 'identified') }}
        when identified.scale_max <= identified.scale_min then 'invalid scale_max'
        when identified.score < identified.scale_min or identified.score > identified.scale_max then 'invalid score'
    end as rejection_reason
from identified
