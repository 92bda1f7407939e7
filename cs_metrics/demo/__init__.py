"""The demo company: a made-up SaaS vendor whose rows fill every table of the input contract.

`python -m cs_metrics.demo --out FOLDER` writes one file a table. The same seed and size give the same bytes on
every machine and Python version: chance comes from `random.Random.random()` alone, money is whole cents, time is
whole seconds, and no float reaches a file.

    contract     the tables and columns, read from the dbt project's source file
    clock        instants as whole seconds, months, billing periods
    catalogue    entities, countries, price list, words
    life         an account's subscriptions, items, discounts and pauses
    billing      the invoices that follow from them
    engagement   surveys, users, usage, tickets, reps, segments
    finance      exchange rates and costs
    faults       rows that have to be rejected, in stated numbers
    facts        what MRR has to be, from the simulation itself
    company      puts the parts together; writer: CSV and Parquet
"""

from cs_metrics.demo.faults import PLANTED_EMPTIED, PLANTED_FAULTS, PLANTED_UNCLASSIFIED

__all__ = ["PLANTED_EMPTIED", "PLANTED_FAULTS", "PLANTED_UNCLASSIFIED"]
