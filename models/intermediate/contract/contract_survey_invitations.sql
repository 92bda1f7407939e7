{{ accepted_rows('survey_invitations') }}
