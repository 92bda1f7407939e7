{{ stage_native('survey_responses') }}
