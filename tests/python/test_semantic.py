"""The semantic layer: every metric of the catalogue is there, and MetricFlow's figures are those of monthly_metrics.

MetricFlow writes the SQL, which runs on the published file; what it should give is worked out from monthly_metrics by SQL
of our own. What is counted or an amount has to be equal to the last digit; a ratio, which MetricFlow divides in floating
point, may be off by one in the eighth decimal, to which monthly_metrics rounds it.
"""

import csv
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup

from cs_metrics import ROOT, semantic

PRECISION = Decimal("0.00000001")
ROUNDED = Decimal("0.000005")  # what the eight figures of a month's bridge, each with six decimals, may be off together
BATCH = 25  # metrics a query: MetricFlow's own time grows faster than their number
BRIDGE = ("opening_mrr", "new_mrr", "reactivation_mrr", "expansion_mrr", "contraction_mrr", "churned_mrr", "fx_mrr", "mrr")
SEGMENT = ("segment__dimension", "segment__dimension_value")


@dataclass(frozen=True)
class DuckDb:
    """What MetricFlow has to know to write SQL; it runs none itself."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


@dataclass(frozen=True)
class SemanticLayer:
    """MetricFlow over a database."""

    engine: MetricFlowEngine
    database: duckdb.DuckDBPyConnection

    def ask(self, metrics: list[str] | None, group_by: tuple[str, ...] = (), where: str | None = None, saved: str | None = None) -> list[dict]:
        """The rows that `mf query` gives."""
        request = MetricFlowQueryRequest.create(
            metric_names=metrics,
            group_by_names=list(group_by) if metrics else None,
            where_constraints=[where] if where else None,
            saved_query_name=saved,
        )
        result = self.database.execute(self.engine.explain(request).sql_statement.sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, row)) for row in result.fetchall()]

    def figures(self, metrics: list[str], period: str, segment: tuple[str, ...] = (), where: str | None = None) -> dict[tuple, object]:
        """Each figure that isn't empty, by metric, first day of the period and segment."""
        found = {}
        for start in range(0, len(metrics), BATCH):
            batch = metrics[start : start + BATCH]
            for row in self.ask(batch, (f"metric_time__{period}", *segment), where):
                key = (row[f"metric_time__{period}"].date(), *(row[name] for name in segment))
                found |= {(metric, *key): row[metric] for metric in batch if row[metric] is not None}
        return found


@pytest.fixture(scope="module")
def layer(built) -> SemanticLayer:
    """The semantic layer over what is published of the demo company."""
    text = (built / "target" / "semantic_manifest.json").read_text(encoding="utf-8")
    lookup = SemanticManifestLookup(parse_manifest_from_dbt_generated_manifest(manifest_json_string=text))
    with duckdb.connect(str(built / "demo.duckdb"), read_only=True) as database:
        yield SemanticLayer(MetricFlowEngine(semantic_manifest_lookup=lookup, sql_client=DuckDb()), database)


@pytest.fixture(scope="module")
def catalogue(built, tmp_path_factory) -> dict[str, dict]:
    """The catalogue of metrics by name, read by dbt, which goes on from what the build parsed."""
    target = tmp_path_factory.mktemp("catalogue")
    if (parsed := built / "target" / "partial_parse.msgpack").exists():
        shutil.copy(parsed, target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CS_METRICS_DUCKDB", str(built / "build" / "demo.duckdb"))
        return {metric["name"]: metric for metric in semantic.catalogue(target)}


@pytest.fixture(scope="module")
def public(manifest) -> dict[str, dict]:
    """The semantic layer's metrics in dbt's manifest, but for the parts that they are made of."""
    return {
        metric["name"]: metric
        for metric in manifest["metrics"].values()
        if not metric["config"]["meta"].get("is_part")
    }


def test_the_metrics_are_written_from_the_catalogue(catalogue):
    """`python -m cs_metrics.semantic --write` has been run since the catalogue was last changed."""
    text = semantic.written(list(catalogue.values()))
    assert semantic.WRITTEN.read_text("utf-8") == text, "run: python -m cs_metrics.semantic --write"


def test_every_metric_is_there_and_no_other(public, demo):
    """By name, with its unit, a label, its definition and what it is of a quarter."""
    units = dict(demo.execute("select metric, unit from metrics.dim_metrics").fetchall())
    assert {name: metric["config"]["meta"]["unit"] for name, metric in public.items()} == units
    for name, metric in public.items():
        assert metric["label"] != name, name
        assert len(metric["description"]) > 100 and "**Of a quarter or a year**" in metric["description"], name


def test_a_ratio_is_a_ratio_and_what_is_not_a_sum_is_semi_additive(public, catalogue, manifest):
    """MetricFlow's own types; nothing but what happens in a month is added up over months."""
    ratios = {name for name, metric in catalogue.items() if metric.get("denominator")}
    assert {name for name, metric in public.items() if metric["type"] == "ratio"} == ratios
    windows = {
        name.split(".")[-1]: (metric["type_params"]["metric_aggregation_params"] or {}).get("non_additive_dimension")
        for name, metric in manifest["metrics"].items()
        if metric["type"] == "simple"
    }
    kinds = {"first": "min", "last": "max"}
    sides = {name: window for name, window in windows.items() if "_of_" in name}
    assert len(sides) == 12
    for name, window in sides.items():
        assert (window or {}).get("window_choice") == kinds.get(name.split("_")[0]), name


def test_every_figure_of_every_month_and_segment(layer, catalogue):
    """Every row of monthly_metrics: all metrics, months and segments, the whole company among them."""
    rows = layer.database.execute(
        "select metric, month, dimension, dimension_value, value from metrics.monthly_metrics where value is not null"
    ).fetchall()
    expected = {tuple(key): value for *key, value in rows}
    assert len(expected) > 200_000
    assert_equal(layer.figures(list(catalogue), "month", SEGMENT), expected)


@pytest.mark.parametrize("period", ["month", "quarter", "year"])
def test_the_company_is_what_you_get_without_a_segment(layer, catalogue, period):
    """Every metric that the company has, without saying that it is the company that is meant."""
    expected = worked_out(layer, catalogue, period, "'all'", "dimension = 'all'")
    assert len({metric for metric, *_ in expected}) >= len(catalogue) - 3  # of one segment alone, or without a figure
    assert_equal(layer.figures(list(catalogue), period), {key[:2]: value for key, value in expected.items()})


@pytest.mark.parametrize(
    ("period", "segment"),
    [("quarter", "industry"), ("quarter", "plan"), ("quarter", "feature"), ("year", "csm"), ("year", "billing_entity")],
)
def test_by_segment(layer, catalogue, period, segment):
    """By a segment's own name; the row without one is the whole company."""
    names = ["mrr", "opening_mrr", "new_mrr", "accounts", "customer_churn_rate", "nrr_12m", "arpa", "ltv", "feature_adoption_rate"]
    some = {name: catalogue[name] for name in names}
    value = "case when dimension <> 'all' then dimension_value end"
    expected = worked_out(layer, some, period, value, f"dimension in ('all', '{segment}')")
    assert {key[2] for key in expected} > {None}
    assert_equal(layer.figures(names, period, (f"segment__{segment}",)), expected)


def test_every_segment_has_a_dimension(layer, manifest):
    """All that the demo company is cut by can be asked for by name."""
    segments = {row[0] for row in layer.database.execute("select distinct dimension from metrics.monthly_metrics").fetchall()}
    (model,) = manifest["semantic_models"].values()
    assert segments - {"all"} <= {dimension["name"] for dimension in model["dimensions"]}


@pytest.mark.parametrize("period", ["month", "quarter", "year", "fiscal_quarter", "fiscal_year"])
def test_the_bridge_closes_over_any_period(layer, period):
    """What a period opens with and its movements are what it closes with: flows are added up, stocks never."""
    rows = layer.ask(list(BRIDGE), (f"metric_time__{period}",))
    assert len(rows) > 3
    for row in rows:
        opening, new, reactivation, expansion, contraction, churned, fx, mrr = (row[name] or 0 for name in BRIDGE)
        assert abs(opening + new + reactivation + expansion - contraction - churned + fx - mrr) <= 12 * ROUNDED, row


@pytest.mark.parametrize(
    "where",
    [
        "{{ Dimension('segment__industry') }} in ('Retail', 'Media')",
        "{{ Dimension('segment__industry') }} is not null",
        "{{ Dimension('segment__industry') }} <> 'Retail'",
        "{{ Dimension('segment__dimension') }} = 'plan'",
        "{{ Dimension('segment__dimension') }} in ('plan', 'industry')",
    ],
)
def test_segments_are_never_added_up(layer, where):
    """Several segments together have no figure, not a wrong one, whether stock, flow or ratio."""
    rows = layer.ask(["mrr", "accounts", "new_mrr", "nrr_12m"], ("metric_time__year",), where)
    assert len(rows) == 5
    assert all(row[metric] is None for row in rows for metric in ("mrr", "accounts", "new_mrr", "nrr_12m"))


def test_one_segment_by_a_filter(layer):
    """Who filters on one segment gets that one's figures."""
    (row,) = layer.ask(["mrr", "new_mrr"], (), "{{ Dimension('segment__industry') }} = 'Retail'")
    expected = layer.database.execute("""
        select max(case when metric = 'mrr' and month = (select max(month) from metrics.monthly_metrics) then value end),
            sum(case when metric = 'new_mrr' then value end)
        from metrics.monthly_metrics where dimension = 'industry' and dimension_value = 'Retail'
    """).fetchone()
    assert (row["mrr"], row["new_mrr"]) == expected


def test_policies_are_never_added_up(layer, built):
    """With a second policy beside the first, each has its own figures and both together have none."""
    with duckdb.connect() as database:
        database.execute("attach ':memory:' as demo")
        database.execute("create schema demo.metrics")
        database.execute(f"attach '{built / 'demo.duckdb'}' as published (read_only)")
        database.execute(
            "create table demo.metrics.monthly_metrics as from published.metrics.monthly_metrics union all by name "
            "select * replace ('other' as policy, numerator * 2 as numerator) from published.metrics.monthly_metrics"
        )
        two = SemanticLayer(layer.engine, database)
        names, period = ["mrr", "new_mrr", "nrr_12m"], "metric_time__quarter"
        one = {row[period]: row for row in layer.ask(names, (period,))}
        assert all(row[name] is None for row in two.ask(names, (period,)) for name in names)
        both = two.ask(names, (period, "segment__policy"))
        filtered = two.ask(names, (period,), "{{ Dimension('segment__policy') }} = 'other'")
    assert len(both) == 2 * len(filtered) == 2 * len(one)
    for row in [*both, *(row | {"segment__policy": "other"} for row in filtered)]:
        times = 2 if row["segment__policy"] == "other" else 1
        for name in names:
            expected = one[row[period]][name]
            assert row[name] == (None if expected is None else times * expected), (name, row)


def test_a_part_says_nothing_by_itself(layer):
    """The numerator of no metric in particular is empty."""
    parts = [f"{kind}_{side}" for kind in semantic.OVER_MONTHS for side in semantic.SIDES]
    assert all(row[part] is None for row in layer.ask(parts, ("metric_time__year",)) for part in parts)


def test_saved_queries_answer(layer, manifest):
    """Each gives a figure for each of its metrics."""
    names = [query["name"] for query in manifest["saved_queries"].values()]
    assert len(names) >= 6
    for name in names:
        rows = layer.ask(None, saved=name)
        metrics = next(q for q in manifest["saved_queries"].values() if q["name"] == name)["query_params"]["metrics"]
        assert all(any(row[metric] is not None for row in rows) for metric in metrics), name


def test_the_command_line(layer, built, tmp_path):
    """`mf validate-configs` finds nothing, in the YAML and on the tables; `mf query` gives the same as its SQL does.

    Both while somebody else, this test's own connection, reads the published file.
    """
    shutil.copy(ROOT / "dbt_project.yml", tmp_path)
    shutil.copy(ROOT / "profiles.example.yml", tmp_path / "profiles.yml")
    (tmp_path / "target").mkdir()
    shutil.copy(built / "target" / "semantic_manifest.json", tmp_path / "target")
    places = {
        "DBT_PROJECT_DIR": str(tmp_path),
        "DBT_PROFILES_DIR": str(tmp_path),
        "DBT_LOG_PATH": str(tmp_path / "logs"),
        "CS_METRICS_TARGET": "published",
        "CS_METRICS_DUCKDB": str(built / "demo.duckdb"),
    }
    validated = mf(places, "validate-configs", "--show-all")
    assert validated.count("(ERRORS: 0, FUTURE_ERRORS: 0, WARNINGS: 0)") == validated.count("(ERRORS:") > 3, validated
    answer = tmp_path / "answer.csv"
    mf(places, "query", "--metrics", "mrr,accounts", "--group-by", "metric_time__year", "--csv", str(answer))
    own = [sys.executable, "-m", "cs_metrics", "query", "--warehouse", str(built / "demo.duckdb"), "--"]
    asked = [*own, "--metrics", "mrr,accounts", "--group-by", "metric_time__year", "--csv", str(tmp_path / "own.csv")]
    subprocess.run(asked, cwd=ROOT, check=True, capture_output=True)
    assert sorted((tmp_path / "own.csv").read_text("utf-8").splitlines()) == sorted(answer.read_text("utf-8").splitlines())
    with answer.open(encoding="utf-8") as file:
        printed = {row["metric_time__year"][:10]: (float(row["mrr"]), float(row["accounts"])) for row in csv.DictReader(file)}
    rows = layer.ask(["mrr", "accounts"], ("metric_time__year",))
    assert printed == {row["metric_time__year"].date().isoformat(): (float(row["mrr"]), float(row["accounts"])) for row in rows}


def mf(places: dict[str, str], *arguments: str) -> str:
    """What the command line says; it has to succeed."""
    done = subprocess.run(
        [Path(sys.executable).with_name("mf"), *arguments],
        cwd=ROOT,
        env=os.environ | places,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def worked_out(layer: SemanticLayer, catalogue: dict[str, dict], period: str, segment: str, where: str) -> dict[tuple, Decimal]:
    """Each metric's figure of a period, by the catalogue's rule for several months, in plain SQL and exact division."""
    rows = layer.database.execute(f"""
        with figures as (
            select *, cast(date_trunc('{period}', month) as date) as period from metrics.monthly_metrics
        ),
        spans as (
            select *,
                min(month) over (partition by metric, period) as first_month,
                max(month) over (partition by metric, period) as last_month
            from figures
        )
        select metric, period, {segment} as segment,
            sum(numerator) as sum_numerator, sum(denominator) as sum_denominator,
            max(case when month = first_month then numerator end) as first_numerator,
            max(case when month = first_month then denominator end) as first_denominator,
            max(case when month = last_month then numerator end) as last_numerator,
            max(case when month = last_month then denominator end) as last_denominator
        from spans where {where} group by all
    """).fetchall()
    found = {}
    for metric, day, value, *parts in rows:
        if metric not in catalogue:
            continue
        by_kind = dict(zip(("sum", "first", "last"), zip(parts[0::2], parts[1::2])))
        kinds = semantic.over_months(catalogue[metric])
        numerator = by_kind[kinds[0]][0]
        if len(kinds) == 2 and numerator is not None:
            denominator = by_kind[kinds[1]][1]
            numerator = numerator / denominator if denominator else None
        if numerator is not None:
            found[metric, day, value] = numerator
    return found


def assert_equal(found: dict[tuple, object], expected: dict[tuple, Decimal]) -> None:
    """The same figures: exactly, where they aren't floats, and to the eighth decimal where they are."""
    assert found.keys() == expected.keys(), sorted(map(str, found.keys() ^ expected.keys()))[:10]
    wrong = [
        (key, value, expected[key])
        for key, value in found.items()
        if value != expected[key] and (not isinstance(value, float) or abs(Decimal(value) - expected[key]) > PRECISION)
    ]
    assert not wrong, f"{len(wrong)} differ, such as {wrong[:5]}"
