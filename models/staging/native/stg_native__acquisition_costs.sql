{{ stage_native('acquisition_costs') }}
