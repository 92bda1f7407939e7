{{ accepted_rows('csm_assignments') }}
