"""Planted faults: each changes one thing in a macro or a model, and some test has to turn red.

`make mutants` tries them; README.md says how, RESULTS.md what caught which.

* mutants.yml: the faults;
* planted.py: reading them, and planting one in the project's text or in dbt's manifest;
* bases.py: warehouses built with the unmodified project, which a trial starts from;
* rebuild.py: what a fault reaches, built again;
* trial.py: one fault, against one check after the other, up to the first that turns red;
* __main__.py: all of them, and the page of results.
"""
