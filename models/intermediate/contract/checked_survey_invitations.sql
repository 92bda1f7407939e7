with {{ identified_rows('survey_invitations') }}

-- An invitation counts whether or not its account is known.
select
    {{ checked_columns('survey_invitations', 'identified') }}
    case
        {{ common_reasons('survey_invitations', 'identified') }}
    end as rejection_reason
from identified
