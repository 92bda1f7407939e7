"""The Streamlit app, run by Streamlit's own tester. `make test-app` runs this in the app's environment; elsewhere it is skipped."""

import pytest

from cs_metrics import ROOT
from cs_metrics.dashboard import queries

testing = pytest.importorskip("streamlit.testing.v1", reason="Streamlit is an extra: `make test-app` installs it and runs this")
PATIENCE = 120


@pytest.fixture
def app(built, monkeypatch):
    """The app over the demo company."""
    monkeypatch.setenv("CS_METRICS_PUBLISHED", str(built / "demo.duckdb"))
    return testing.AppTest.from_file(str(ROOT / "cs_metrics" / "dashboard" / "app.py"), default_timeout=PATIENCE).run()


def test_from_a_metric_to_the_movements_of_an_account(app, demo):
    """The parts add up to the figure; the first account's movements are those of the mart."""
    assert not app.exception
    ((value,),) = demo.execute(
        "select value from metrics.monthly_metrics where metric = 'mrr' and dimension = 'all' and month = date '2026-08-01'"
    ).fetchall()
    assert app.metric[0].value == f"{value:,.6f}"
    parts, movements = app.dataframe[0].value, app.dataframe[1].value
    assert round(sum(parts["numerator"]), 6) == float(value)
    entity, account = parts["billing_entity"][0], parts["account_id"][0]
    ((count,),) = demo.execute(
        "select count(*) from metrics.fct_mrr_movements where policy = 'standard' and billing_entity = ? and account_id = ?",
        [entity, account],
    ).fetchall()
    assert count == len(movements) > 0


def test_every_metric_can_be_chosen(app):
    """A ratio, one that doesn't split, and one of surveys."""
    for metric in ("nrr_12m", "ltv_to_cac", "nps"):
        app.sidebar.selectbox[2].select(metric).run()
        assert not app.exception
        assert app.title[0].value == queries.METRICS[metric].label


def test_without_a_build_it_says_what_to_do(app, monkeypatch, tmp_path):
    """No stack trace."""
    monkeypatch.setenv("CS_METRICS_PUBLISHED", str(tmp_path / "none.duckdb"))
    app.run()
    assert not app.exception and "make build" in app.error[0].value
