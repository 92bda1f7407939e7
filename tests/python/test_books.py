"""First reported is what readers had: the books of a company through failures, mistakes and losses, build by build.

The tests follow one company from one publication to the next, in the order in which they stand here.
"""

import shutil
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from cs_metrics.books import Books, PublishedBuild, read_books, reconcile, write_books
from cs_metrics.build import BuildOptions, refuse_future
from cs_metrics.files import BuildError, Files
from cs_metrics.publish import keep_snapshot, last_published
from publishing import Company, mrr, tables
from test_folder import FILES

SEPTEMBER = "2026-09-01"
FIRST, SECOND, TOO_LATE = "2026-09-12", "2026-10-15", "2026-10-25"
RATES = "rate_date,from_currency,to_currency,rate\n" + "".join(
    f"{date(2024 + month // 12, month % 12 + 1, day)},USD,EUR,0.5\n" for month in range(36) for day in (1, 5, 10, 15, 20, 25, 28)
)


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Company:
    """A company that was published when August had closed."""
    company = Company(tmp_path_factory.mktemp("books"))
    publish(company, FIRST, "10.50")
    return company


def publish(company: Company, as_of: str, price: str, *arguments: str) -> str:
    """Build and publish it as of a day, with a price; what was said."""
    company.write(price)
    code, said = company.build("--as-of", as_of, *arguments)
    assert code == 0, said
    return said


def first_reported(company: Company, month: str = SEPTEMBER) -> list[tuple[float, str]]:
    """A month's MRR as first reported, and as of which day."""
    query = """
        select value::double, first_reported_on::varchar from metrics.first_reported_metrics
        where month = ? and metric = 'mrr' and dimension = 'all' and policy = 'standard'
    """
    with duckdb.connect(str(company.files.published), read_only=True) as reader:
        return reader.execute(query, [month]).fetchall()


def restated(company: Company, month: str = SEPTEMBER) -> list[tuple]:
    """What is said of a month's MRR that isn't what it was."""
    query = """
        select reason, first_value::double, current_value::double, value_part::double, first_unit, unit from metrics.metric_restatements
        where month = ? and metric = 'mrr' and dimension = 'all' and policy = 'standard'
    """
    with duckdb.connect(str(company.files.published), read_only=True) as reader:
        return reader.execute(query, [month]).fetchall()


def names(company: Company) -> list[str]:
    """What accounts are called in what is published."""
    with duckdb.connect(str(company.files.published), read_only=True) as reader:
        rows = reader.execute("select account_name from metrics.dim_accounts where account_name is not null").fetchall()
    return [name for (name,) in rows]


def kept_by(file: Path, schema: str) -> set[str]:
    """The builds that kept figures are of."""
    with duckdb.connect(str(file), read_only=True) as reader:
        return {name for (name,) in reader.execute(f"select distinct build_id from {schema}.int_restatements__first_figures").fetchall()}


def test_a_build_that_could_not_be_published_keeps_no_figure(company):
    """dbt was through with it, and no reader has seen it: something lies where the page goes."""
    before = tables(company.files.published)
    page = company.files.page.read_text("utf-8")
    company.files.page.unlink()
    company.files.page.mkdir()
    company.write("21.00")
    code, said = company.build("--as-of", SECOND)
    company.files.page.rmdir()
    company.files.page.write_text(page, encoding="utf-8")
    assert code == 1 and "stays as it was" in said and "Traceback" not in said, said
    assert tables(company.files.published) == before
    said = publish(company, SECOND, "10.50")
    assert "newly closed 2026-09" in said and "Restated:  nothing" in said
    assert first_reported(company) == [(31.5, SECOND)]
    builds = {build.invocation_id for build in read_books(company.files.published).builds}
    assert kept_by(company.files.working, "metrics_intermediate") == kept_by(company.files.published, "books") == builds
    assert len(builds) == 2


def test_a_file_that_was_exchanged_and_not_noted_is_noted_by_the_next_build(company):
    """As after a kill between the two: the published file has the books, and the page of another build is written anew."""
    with duckdb.connect(str(company.files.working)) as database:
        database.execute("delete from metrics.published_builds where as_of_date = ?", [SECOND])
    page = company.files.page.read_text("utf-8")
    company.files.page.write_text(page.replace('<meta name="build" content="', '<meta name="build" content="another'), encoding="utf-8")
    code, said = company.build("--as-of", SECOND)
    assert code == 0 and "Nothing has changed" in said
    assert company.files.page.read_text("utf-8") == page
    said = publish(company, SECOND, "11.00")
    assert first_reported(company) == [(31.5, SECOND)]
    assert [(reason, first, now) for reason, first, now, *_ in restated(company)] == [("changed row", 31.5, 33)]
    publish(company, SECOND, "10.50")


def test_what_the_working_file_has_lost_is_taken_from_what_is_published(company):
    """Figures, and what their differences are told apart by."""
    company.files.working.unlink()
    said = publish(company, SECOND, "11.00")
    assert "int_restatements__first_figures: what was reported first is taken from small.duckdb" in said
    assert first_reported(company) == [(31.5, SECOND)] and first_reported(company, "2026-08-01") == [(31.5, FIRST)]
    assert restated(company) == [("changed row", 31.5, 33, 1.5, "USD", "USD")]
    publish(company, SECOND, "10.50")


def test_an_earlier_day_neither_shows_nor_loses_what_was_reported_later(company):
    said = publish(company, "2026-09-20", "10.50", "--personal", "masked")
    assert names(company) != ["Ann"]
    assert f"2026-09-20 is before {SECOND}, as of which figures are published" in said
    assert first_reported(company) == [] and first_reported(company, "2026-08-01") == [(31.5, FIRST)]
    publish(company, SECOND, "10.50")
    assert first_reported(company) == [(31.5, SECOND)]


def test_what_becomes_of_names_lasts_until_it_is_said(company):
    assert names(company) != ["Ann"]
    publish(company, SECOND, "10.50", "--personal", "kept")
    assert names(company) == ["Ann"]


def test_two_currencies_have_no_difference_and_back_again_there_is_none(company):
    (company.folder / "export" / "exchange_rates.csv").write_text(RATES, encoding="utf-8")
    said = publish(company, SECOND, "10.50", "--vars", "{reporting_currency: EUR}")
    assert restated(company) == [("reporting currency", 31.5, 15.75, None, "USD", "EUR")]
    assert "reporting currency" in said and "less than half" not in said
    said = publish(company, SECOND, "10.50")
    assert restated(company) == []
    (company.folder / "export" / "exchange_rates.csv").unlink()


def test_a_day_after_today_is_refused(company):
    before = tables(company.files.published)
    code, said = company.build("--as-of", "2199-01-31")
    assert code == 1 and "2199-01-31 is after today" in said and "FUTURE=1" in said and "Building" not in said
    assert tables(company.files.published) == before
    refuse_future(BuildOptions(as_of="2199-01-31", may_be_future=True))
    with pytest.raises(BuildError):
        refuse_future(BuildOptions(variables={"as_of_date": "2199-01-31"}))


def test_a_mistaken_day_is_withdrawn_with_a_trace(company):
    """October closed ten days too early for a row that came later; what was reported as of the mistaken day is taken back."""
    october = "2026-10-01"
    publish(company, "2026-11-20", "12.00")
    assert first_reported(company, october) == [(36.0, "2026-11-20")]
    said = publish(company, "2026-11-12", "10.50")
    assert first_reported(company, october) == [] and "WITHDRAW=2026-11-20" in said
    company.write("10.50")
    code, said = company.build("--as-of", "2026-11-12", "--withdraw", "2026-11-19", "--because", "typed the wrong day")
    assert code == 1 and "Published as of: " in said and "2026-11-20, 2026-11-12" in said
    said = publish(company, "2026-11-12", "10.50", "--withdraw", "2026-11-20", "--because", "typed the wrong day")
    assert "that were first reported as of 2026-11-20 are withdrawn with this build: typed the wrong day" in said
    assert first_reported(company, october) == [(31.5, "2026-11-12")]
    (trace,) = [build for build in read_books(company.files.published).builds if build.withdrawn_at]
    assert (str(trace.as_of_date), trace.withdrawn_because) == ("2026-11-20", "typed the wrong day") and trace.withdrawn_figures > 10
    publish(company, "2026-11-21", "10.50")
    assert first_reported(company, october) == [(31.5, "2026-11-12")] and restated(company, october) == []


def test_months_that_lose_most_of_what_is_published_are_asked_about(company):
    before = tables(company.files.published)
    company.write("4.00")
    code, said = company.build("--as-of", "2026-11-21")
    assert code == 1 and "mrr 32 -> 12" in said and "ACCEPT_LOSSES=1" in said, said
    assert tables(company.files.published) == before
    publish(company, "2026-11-21", "4.00", "--accept-losses")
    assert mrr(company.files.published) == 12
    publish(company, "2026-11-21", "10.50")


def test_another_companys_warehouse_is_not_built_in(company, tmp_path):
    """Another folder of the same name, and the same folder with another company in it."""
    other = Company(tmp_path)
    other.write()
    before = tables(company.files.published)
    code, said = company.build("--as-of", "2026-11-21", "--data", other.folder / "export")
    assert code == 1 and "was built from another folder, with the billing entities north" in said and "SAME_COMPANY=1" in said
    for name, text in FILES.items():
        (company.folder / "export" / name).write_text(text.replace("north", "south"), encoding="utf-8")
    code, said = company.build("--as-of", "2026-11-21")
    assert code == 1 and "none of them is in this export (south)" in said
    assert tables(company.files.published) == before
    company.write()
    code, said = company.build("--as-of", "2026-11-21", "--data", other.folder / "export", "--same-company")
    assert code == 0, said


def test_a_warehouse_may_have_any_name(tmp_path):
    """The published file is attached beside the working one, whose name its tables have."""
    files = Files(tmp_path / "published.duckdb")
    files.working.parent.mkdir()
    (build,) = (PublishedBuild(1, date(2026, 11, 5), datetime(2026, 11, 6), "x"),)
    with duckdb.connect(str(files.working)) as database:
        database.execute("create schema metrics")
        write_books(database, "published", Books((build,)), frozenset())
    shutil.copyfile(files.working, files.published)
    assert reconcile(files).last == build


def test_the_snapshot_of_what_is_published_stays_when_the_clock_goes_back(tmp_path):
    files = Files(tmp_path / "a.duckdb")
    builds = [PublishedBuild(number, date(2026, 11, 5), datetime(2026, 11, day), "x") for number, day in enumerate((25, 26, 27, 5), 1)]
    for build in builds:
        shutil.copyfile(__file__, files.published.with_suffix(".new"))
        files.published.with_suffix(".new").replace(files.published)
        keep_snapshot(files, build, keep=3)
    assert [path.stem[-16:-8] for path in files.kept()] == ["20261105", "20261126", "20261127"]
    assert last_published(tmp_path / "none.duckdb") == "nothing has been published yet"
