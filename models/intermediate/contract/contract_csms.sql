{{ accepted_rows('csms') }}
