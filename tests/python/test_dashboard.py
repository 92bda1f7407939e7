"""The dashboard in a real Chromium: what it shows is what the marts say, whatever is filtered, and it asks nobody for anything.

Pictures of it are in target/dashboard/, for a person to look at.
"""

import json
import re
import shutil
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb
import pytest

from browser import Browser, browser
from cs_metrics import ROOT
from cs_metrics.books import PublishedBuild
from cs_metrics.dashboard import page, queries
from cs_metrics.files import Files
from cs_metrics.publish import mend

PICTURES = ROOT / "target" / "dashboard"
JULY, AUGUST, SEPTEMBER = "2026-07-01", "2026-08-01", "2026-09-01"
EVIL = '</script><img src=x onerror="document.title=1"><!--'
FIGURES = """
    return [...document.querySelectorAll('[data-metric]')].map(e => ({...e.dataset, text: e.textContent}))
"""
PLACES = {"count": 0, "decimal": 1, "percent": 1, "times": 2, "months": 1, "points": 1}
AROUND = {"percent": "{}%", "times": "{}×", "months": "{} mo"}


@pytest.fixture(scope="module")
def written(built, tmp_path_factory) -> Path:
    """The page, as the build has left it beside the tables, with one account that has an evil name."""
    folder = tmp_path_factory.mktemp("dashboard")
    place = folder / "evil.html"
    with page.connection(built / "demo.duckdb", built / "build" / "demo.duckdb") as database:
        data = page.data_of(database, "demo", EVIL)
    for parts in data["contributions"]["standard"]["mrr"].values():
        parts[0][2] = EVIL
    place.write_text(page.page_of(data), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def shown() -> Browser:
    """A browser."""
    with browser() as opened:
        yield opened


@pytest.fixture
def opened(shown, built) -> Browser:
    """The browser with the page that the build has written, on a desk."""
    shown.scheme("light")
    shown.size(1440, 1000)
    if shown.address() == (built / "demo.html").as_uri():
        shown.run("document.getElementById('filters').reset()")
        shown.wait()
    else:
        shown.open(built / "demo.html")
    return shown


@pytest.fixture(scope="module")
def marts(built) -> duckdb.DuckDBPyConnection:
    """The published tables."""
    with duckdb.connect(str(built / "demo.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def figures(marts) -> dict[tuple, Decimal | None]:
    """All of monthly_metrics that the page may show."""
    rows = marts.execute(
        f"select policy, month::varchar, metric, dimension, dimension_value, value from metrics.monthly_metrics"
        f" where metric in ({queries.shown_metrics()})"
    ).fetchall()
    return {row[:5]: row[5] for row in rows}


@pytest.mark.parametrize(
    ("filters", "at_least"),
    [
        ({}, 600),
        ({"month": SEPTEMBER}, 500),
        ({"month": "2023-03-01"}, 100),
        ({"entity": "acme-eu"}, 600),
        ({"dimension": "industry", "value": "Retail"}, 500),
        ({"dimension": "csm", "value": "C02"}, 100),
    ],
)
def test_every_figure_is_the_marts(opened, figures, filters, at_least):
    """Each says which row of monthly_metrics it is; text and small-sample mark are made from that row here once more."""
    for name, value in filters.items():
        opened.choose(name, month_place(opened, value) if name == "month" else value)
    found = opened.run(FIGURES)
    assert len(found) >= at_least
    segment = opened.run("return [state.dimension, state.value]")
    assert segment == ["all", "all"] or "all" not in {figure["dimension"] for figure in found}
    wrong = []
    for figure in found:
        key = tuple(figure[name] for name in ("policy", "month", "metric", "dimension", "value"))
        expected = text_of(queries.METRICS[figure["metric"]].format, figures.get(key))
        if figure["text"] != expected:
            wrong.append((key, figure["text"], expected))
    assert not wrong, wrong[:5]
    assert any(figure["text"] != "–" for figure in found)
    assert opened.errors() == []


def test_changes_are_those_of_the_marts(opened, marts):
    """Against the month and the year before."""
    found = {
        (change["metric"], int(change["months"])): change["text"]
        for change in opened.run(
            "return [...document.querySelectorAll('[data-change]')].map(e => "
            "({metric: e.dataset.change, months: e.dataset.months, text: e.querySelector('b').textContent}))"
        )
    }
    for metric, months, expected in (("mrr", 1, "percent"), ("accounts", 12, "percent"), ("nrr_12m", 1, "pp"), ("grr_12m", 12, "pp")):
        now, before = values_of(marts, metric, AUGUST, months)
        change = (now - before) * 100 if expected == "pp" else (now / before - 1) * 100
        text = f"{rounded(change, 1):+}" + (" pp" if expected == "pp" else "%")
        assert found[metric, months] == text.replace("+-", "-")
    assert len(found) == 24


def test_small_samples_and_provisional_months_say_so(opened, marts):
    """LTV:CAC of August is over few new accounts; September isn't over."""
    ((sample,),) = marts.execute(
        "select sample_size from metrics.monthly_metrics where metric = 'cac_payback_months' and month = ? and dimension = 'all'"
        " and is_small_sample", [AUGUST],
    ).fetchall()  # fmt: skip
    tile = "return [...document.querySelectorAll('.tile')].find(e => e.querySelector('[data-metric=%s]')).querySelector('.flags').textContent"
    assert opened.run(tile % "cac_payback_months") == f"small sample, n = {sample}"
    assert opened.run(tile % "mrr") == ""
    opened.choose("month", month_place(opened, SEPTEMBER))
    assert opened.run(tile % "mrr") == "provisional"


def test_a_chart_shows_what_its_table_says(opened):
    """The data of each line chart, as the library has it, is that of the table below it."""
    pairs = opened.run(
        """return ['retention', 'churn', 'nps'].map(id => {
            const block = document.getElementById(id);
            const charted = block.querySelector('.chart').view.data('rows').map(r => [r.metric, r.name, r.text, r.when]);
            const rows = [...block.querySelectorAll('details')][0].querySelectorAll('tbody tr');
            const table = [...rows].flatMap(tr => [...tr.querySelectorAll('td')].map(td => [td.dataset.metric, td.textContent, tr.firstChild.textContent]));
            return [charted, table];
        })"""
    )
    for charted, table in pairs:
        metrics = {metric for metric, *_ in charted}
        assert len(charted) > 5
        assert {(metric, text, when) for metric, _, text, when in charted} == {
            (metric, text, when) for metric, text, when in table if text != "–" and metric in metrics
        }


def test_the_other_tables_are_the_marts(opened, marts):
    """Cohorts, reasons and the forecast."""
    cells = opened.run("return [...document.querySelectorAll('[data-age]')].map(e => ({...e.dataset, text: e.textContent}))")
    rates = dict(
        ((str(month), str(age)), rate)
        for month, age, rate in marts.execute(
            "select cohort_month, months_since_start, account_retention_rate from metrics.cohort_retention where dimension = 'all'"
        ).fetchall()
    )
    assert len(cells) > 200
    assert [cell for cell in cells if cell["text"] != text_of("percent", rates.get((cell["cohort"], cell["age"])))] == []
    forecasts = opened.run("return [...document.querySelectorAll('[data-forecast]')].map(e => ({...e.dataset, text: e.textContent}))")
    assert len(forecasts) == 36
    for cell in forecasts:
        ((value,),) = marts.execute(
            f"select {cell['forecast']} from metrics.mrr_forecast where dimension = 'all' and month = ?", [cell["month"]]
        ).fetchall()
        assert cell["text"] == text_of("money", value)
    opened.choose("month", month_place(opened, JULY))
    mentions = opened.run("return [...document.querySelectorAll('[data-theme]')].map(e => ({...e.dataset, text: e.textContent}))")
    counted = {
        row[:2]: row[2]
        for row in marts.execute(
            "select theme, nps_class, sum(mentions) from metrics.nps_reasons where survey_type = 'relationship' and scale = '0 to 10'"
            " and month between date '2025-08-01' and date '2026-07-01' group by all"
        ).fetchall()
    }
    assert len(mentions) > 12
    assert all(int(cell["text"]) == counted.get((cell["theme"], cell["kind"]), 0) for cell in mentions)


def test_a_figure_opens_its_definition_and_accounts_that_add_up(opened, marts):
    """By keyboard: Tab to it, Enter; Escape brings back to it."""
    for metric, month in (("nrr_12m", AUGUST), ("mrr", SEPTEMBER), ("customer_churn_rate", AUGUST)):
        opened.choose("month", month_place(opened, month))
        opened.run("document.querySelector(`.tile [data-metric=${arguments[0]}]`).focus()", metric)
        opened.press("Enter")
        dialog = opened.run("const d = document.getElementById('detail'); return d.open && d.textContent")
        assert dialog and f"METRIC={metric}" in dialog and "Definition" in dialog
        assert opened.run("return document.querySelector('.definition strong').textContent").lower() in definition_of(marts, metric)
        parts = opened.run("return [...document.querySelectorAll('#detail [data-part]')].map(e => [e.dataset.part, e.textContent])")
        for side, value in zip(("numerator", "denominator"), sides_of(marts, metric, month)):
            texts = [text for part, text in parts if part == side]
            assert (value is None) == (not texts)
            assert value is None or sum(Decimal(text.replace(",", "").replace("–", "0")) for text in texts) == value
        opened.press("Escape")
        assert opened.run("return [document.getElementById('detail').open, document.activeElement.dataset.metric]") == [False, metric]


def test_blocks_without_figures_say_so(opened):
    """A segment's block never shows the company's figures."""
    opened.choose("dimension", "industry")
    said = opened.run("return ['benchmarks', 'forecast', 'reasons', 'success'].map(id => document.getElementById(id).textContent)")
    assert all("No figures for industry" in text for text in said)
    assert opened.run("return document.getElementById('said').textContent").startswith("Aug 2026; industry ")
    opened.choose("dimension", "plan")
    assert "Of 15 values of plan the 12 largest are here" in opened.run("return document.getElementById('said').textContent")


def test_what_a_company_lacks_is_a_sentence(shown, written, tmp_path):
    """Without surveys there is no chart of NPS."""
    text = written.read_text("utf-8")
    start = text.index('id="data">') + len('id="data">')
    end = text.index("</script>", start)
    data = json.loads(text[start:end])
    for policy in data["figures"].values():
        for dimension in policy.values():
            for series in dimension.values():
                for metric in [name for name in series if name.startswith(("nps", "csat", "survey"))]:
                    del series[metric]
    data["reasons"]["rows"] = []
    place = tmp_path / "without.html"
    place.write_text(text[:start] + page.as_json(data) + text[end:], encoding="utf-8")
    shown.open(place)
    assert shown.run("return document.getElementById('nps').textContent") == "NPSThis company has no surveys."
    assert shown.run("return document.querySelectorAll('#nps .chart, .tile [data-metric=nps]').length") == 0
    assert shown.errors() == []


def test_no_name_can_do_harm(shown, written):
    """An account's name with HTML in it is shown as it is."""
    assert EVIL not in written.read_text("utf-8")
    shown.open(written)
    shown.run("document.querySelector('.tile [data-metric=mrr]').click()")
    assert EVIL in shown.run("return document.getElementById('detail').textContent")
    assert shown.run("return [document.title.length > 1, document.images.length]") == [True, 0]
    assert shown.errors() == []


def test_no_comment_and_no_address_is_in_the_page(built, marts):
    """Names of accounts are; what people wrote isn't, nor rejected rows."""
    text = (built / "demo.html").read_text("utf-8")
    data = text[text.index('id="data">') :].split("</script>")[0]
    assert not re.search(r"[\w.]+@[\w.]+\.\w+", data)
    ((row,),) = marts.execute("select row_json from metrics.rejected_rows order by 1 limit 1").fetchall()
    assert json.dumps(row)[1:40] not in data
    assert '"nps_reasons"' not in data and len(text) < 5_000_000


def test_names_that_are_not_published_are_not_in_the_page(built, marts, tmp_path):
    """With names left out of what is published, accounts go by their ids; the working file has the names."""
    names = {name for (name,) in marts.execute("select account_name from metrics.dim_accounts where length(account_name) > 7").fetchall()}
    published, place = tmp_path / "demo.duckdb", tmp_path / "demo.html"
    shutil.copy(built / "demo.duckdb", published)
    with duckdb.connect(str(published)) as database:
        database.execute("alter table metrics.dim_accounts drop account_name")
    page.write_page(place, published, built / "build" / "demo.duckdb", "demo")
    text = place.read_text("utf-8")
    assert "A0082" in text and not [name for name in names if name in text]
    assert [name for name in names if name in (built / "demo.html").read_text("utf-8")], "else this finds nothing ever"


def test_a_page_that_is_not_wanted_goes(tmp_path):
    """None of older figures stays beside the tables of DASHBOARD=0."""
    files = Files(tmp_path / "small.duckdb")
    build = PublishedBuild(1, date(2024, 1, 31), datetime(2024, 2, 1), "this")
    files.page.write_text('<meta name="build" content="this">', encoding="utf-8")
    mend(files, build, has_page=True, keep=0)
    assert files.page.exists()
    mend(files, build, has_page=False, keep=0)
    assert not files.page.exists()


def test_it_asks_nobody_and_complains_of_nothing(opened, built):
    """Whatever is filtered: only the file itself is read."""
    opened.open(built / "demo.html")
    for name, value in (("entity", "acme-us"), ("dimension", "country"), ("dimension", "csm"), ("month", 3)):
        opened.choose(name, value)
    asked = opened.requests()
    assert asked and all(address.startswith(("file://", "data:")) for address in asked), asked
    assert opened.errors() == []
    assert "default-src 'none'" in opened.run("return document.querySelector('meta[http-equiv]').content")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(opened, scheme):
    """Names for controls and pictures, headings in order, landmarks, contrast of at least 4.5."""
    opened.scheme(scheme)
    assert opened.run(
        "return ['main', 'header', 'footer', 'h1', '[aria-live]', 'html[lang]', '.skip'].filter(s => document.querySelectorAll(s).length !== 1)"
    ) == []
    assert opened.run(
        "return [...document.querySelectorAll('select, button, svg.marks, section')].filter(e => e.offsetParent !== null || e.tagName === 'svg')"
        ".filter(e => e.tagName === 'SELECT' ? !e.labels.length : !(e.textContent.trim() || e.closest('[aria-label]')))"
        ".map(e => e.outerHTML.slice(0, 80))"
    ) == []
    levels = opened.run("return [...document.querySelectorAll('main h1, main h2, main h3')].map(e => Number(e.tagName[1]))")
    assert levels[0] == 2 and all(after - before <= 1 for before, after in zip(levels, levels[1:]))
    assert opened.run(CONTRAST) == []


def test_it_fits_every_screen(opened):
    """Pictures for a person, and no page wider than its screen."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    for name, width, scheme in (("desktop", 1440, "light"), ("phone", 390, "light"), ("dark", 1440, "dark")):
        opened.scheme(scheme)
        opened.size(width, 1000)
        opened.run("return update()")
        opened.wait()
        assert opened.run("return document.documentElement.scrollWidth") <= width
        opened.shoot(PICTURES / f"{name}.png")
    opened.scheme("light")
    opened.print(PICTURES / "print.pdf")
    assert (PICTURES / "print.pdf").read_bytes().startswith(b"%PDF")


CONTRAST = """
    const style = getComputedStyle(document.documentElement), luminance = name => {
        const probe = document.createElement('i'); probe.style.color = style.getPropertyValue(name); document.body.append(probe);
        const parts = getComputedStyle(probe).color.match(/[\\d.]+/g).slice(0, 3).map(Number); probe.remove();
        const [r, g, b] = parts.map(p => p / 255).map(p => p <= 0.03928 ? p / 12.92 : ((p + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const pairs = ['--ink', '--soft', '--accent', '--quiet'].flatMap(ink => ['--paper', '--card'].map(paper => [ink, paper]));
    return pairs.filter(([ink, paper]) => {
        const [low, high] = [luminance(ink), luminance(paper)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05) < 4.5;
    });
"""


def month_place(opened: Browser, month: str) -> int:
    """The option of a month."""
    return opened.run("return MONTHS.indexOf(arguments[0])", month)


def values_of(marts, metric: str, month: str, back: int) -> tuple[Decimal, Decimal]:
    """A company figure, and that of some months before."""
    query = "select value from metrics.monthly_metrics where metric = ? and dimension = 'all' and policy = 'standard' and month = {}"
    ((now,),) = marts.execute(query.format("cast(? as date)"), [metric, month]).fetchall()
    ((before,),) = marts.execute(query.format(f"cast(? as date) - interval {back} month"), [metric, month]).fetchall()
    return now, before


def sides_of(marts, metric: str, month: str) -> tuple[Decimal | None, Decimal | None]:
    """Numerator and denominator of a company figure."""
    query = "select numerator, denominator from metrics.monthly_metrics where metric = ? and month = ? and dimension = 'all'"
    (sides,) = marts.execute(query, [metric, date.fromisoformat(month)]).fetchall()
    return sides


def definition_of(marts, metric: str) -> str:
    """The comment of the metric's column."""
    ((comment,),) = marts.execute(
        "select comment from duckdb_columns() where table_name = 'monthly_summary' and column_name = ?", [metric]
    ).fetchall()
    return " ".join(comment.lower().split())


def text_of(written_as: str, value: Decimal | None) -> str:
    """A figure as the page is to write it."""
    if value is None:
        return "–"
    if written_as == "money":
        number = rounded(value, 2 if value and abs(value) < 100 else 0)
        return f"{'-' if number < 0 or (value < 0 and not number) else ''}${abs(number):,}"
    number = rounded(value * 100 if written_as == "percent" else value, PLACES[written_as])
    return AROUND.get(written_as, "{}").format(f"{number:,}")


def rounded(value: Decimal, places: int) -> Decimal:
    """Half away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
