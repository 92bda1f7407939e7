"""The Streamlit app: from a metric to its accounts, from an account to its movements. `make app` runs it.

Over the same queries as the page. It reads what is published, and in the working file the accounts behind a figure.
"""

import os
from pathlib import Path

import duckdb
import streamlit

from cs_metrics import ROOT
from cs_metrics.dashboard import page, queries
from cs_metrics.files import Files

VARIABLE = "CS_METRICS_PUBLISHED"
DEFAULT = ROOT / "warehouse" / "cs_metrics.duckdb"


def main() -> None:
    """The whole app, run anew at every click."""
    streamlit.set_page_config(page_title="cs_metrics", layout="wide")
    files = Files(Path(os.environ.get(VARIABLE, DEFAULT)).resolve())
    if not files.published.exists():
        streamlit.error(f"{files.published} isn't there yet: `make build` makes it, or set {VARIABLE} to another file.")
        return
    try:
        database = page.connection(files.published, files.working)
    except duckdb.IOException as error:
        streamlit.error(files.advice(str(error)) or str(error))
        return
    with database:
        show(database, page.alias_of(files.working))


def show(database, working: str) -> None:
    """The filters, the figure, the accounts behind it, and one account's movements."""
    defined = {row[0]: row for row in queries.definitions(database).rows}
    metrics = {metric: defined[metric] for metric in queries.METRICS if metric in defined}
    months = queries.months(database).rows
    whole = [place for place, (_, is_provisional, _) in enumerate(months) if not is_provisional]
    policy = streamlit.sidebar.selectbox("Policy", queries.policies(database))
    month = streamlit.sidebar.selectbox("Month", [month for month, *_ in months], index=whole[-1] if whole else len(months) - 1)
    metric = streamlit.sidebar.selectbox("Metric", list(metrics), format_func=lambda name: queries.METRICS[name].label)
    _, unit, is_split, _, denominator_formula, definition = metrics[metric]
    figure = queries.figure(database, policy, metric, month)
    streamlit.title(queries.METRICS[metric].label)
    streamlit.metric(f"{month:%B %Y}, {unit}", "none" if figure is None else f"{figure:,.6f}".rstrip("0").rstrip("."))
    with streamlit.expander("Definition"):
        streamlit.markdown(definition)
    if not is_split:
        streamlit.info("This figure doesn't split over accounts; `make explain` shows what it is made of.")
        return
    parts = queries.contributions(database, working, policy, [metric], [month], queries.ROWS)
    columns = ["billing_entity", "account_id", "account_name", "accounts", "numerator"] + (["denominator"] if denominator_formula else [])
    rows = [dict(zip(parts.columns, row)) for row in parts.rows]
    streamlit.subheader("Accounts behind it")
    streamlit.dataframe([{name: row[name] for name in columns} for row in rows], hide_index=True)
    accounts = [(row["billing_entity"], row["account_id"]) for row in rows if row["account_id"] not in (None, queries.NO_ACCOUNT)]
    if not accounts:
        return
    account = streamlit.selectbox("Account", accounts, format_func=lambda key: f"{key[1]} ({key[0]})")
    moved = queries.movements(database, policy, *account)
    streamlit.subheader(f"Movements of {account[1]}")
    streamlit.dataframe([dict(zip(moved.columns, row)) for row in moved.rows], hide_index=True)


main()
