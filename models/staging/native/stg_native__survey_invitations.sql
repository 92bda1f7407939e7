{{ stage_native('survey_invitations') }}
