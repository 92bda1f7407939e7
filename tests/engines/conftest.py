"""What the tests of the engines share: a server, and the demo company and the scenarios on DuckDB and Postgres."""

import pytest
from builds import DuckDB, Postgres
from server import BI, Server, running_server

POLICIES = ["standard", "stripe"]


@pytest.fixture(scope="session")
def server() -> Server:
    """A private Postgres server."""
    with running_server() as started:
        yield started


@pytest.fixture(scope="session")
def duckdb_demo(tmp_path_factory) -> DuckDB:
    """The demo company on DuckDB; `make test` runs its data tests."""
    demo = DuckDB(tmp_path_factory.mktemp("demo_duckdb"))
    demo.dbt("build", "--resource-type", "seed", "model", metric_policies=POLICIES)
    return demo


@pytest.fixture(scope="session")
def postgres_demo(server, duckdb_demo, tmp_path_factory) -> Postgres:
    """The demo company on Postgres, with its data tests, and a BI role that may read it.

    Its rows, all text, come from the DuckDB file: dbt takes a minute and a half to load these seeds.
    """
    demo = Postgres(tmp_path_factory.mktemp("demo_postgres"), server, "demo")
    demo.copy_from(duckdb_demo, "metrics_demo")
    demo.build("--exclude", "path:seeds/demo", metric_policies=POLICIES, bi_role=BI)
    return demo
