"""The BI role reads the public marts and nothing else, however it tries; the project itself grants it that."""

import threading

import psycopg2
import pytest
from builds import DuckDB
from conftest import POLICIES
from server import BI, PIPELINE

PERSONAL = {
    "dim_accounts": {"account_name"},
    "dim_csms": {"csm_name"},
    "rejected_rows": {"row_key", "row_json"},
}


@pytest.fixture(scope="module")
def relations(postgres_demo) -> dict[tuple[str, str], list[str]]:
    """Every relation of the database that isn't Postgres' own, with its columns."""
    with postgres_demo.server.connect(database=postgres_demo.database).cursor() as cursor:
        cursor.execute(
            """
            select nspname, relname, array_agg(attname::text order by attnum)
            from pg_class
            inner join pg_namespace on relnamespace = pg_namespace.oid
            inner join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
            where relkind in ('r', 'v', 'm', 'p', 'f') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
            group by nspname, relname
            """
        )
        return {(schema, name): columns for schema, name, columns in cursor.fetchall()}


@pytest.fixture
def attacker(postgres_demo):
    """A connection as the BI role."""
    connection = postgres_demo.server.connect(BI, postgres_demo.database)
    yield connection.cursor()
    connection.close()


def is_refused(cursor, statement: str) -> bool:
    """Whether a statement is refused for want of a right, and for no other reason."""
    try:
        cursor.execute(statement)
    except psycopg2.errors.InsufficientPrivilege:
        return True
    return False


def check_reading(cursor, relations: dict, marts: dict) -> None:
    """What the role can read is the public marts without their personal columns, to the column."""
    readable = {
        (schema, name, column)
        for (schema, name), columns in relations.items()
        for column in columns
        if not is_refused(cursor, f'select "{column}" from "{schema}"."{name}" limit 1')
    }
    expected = {
        (schema, name, column)
        for (schema, name), columns in relations.items()
        for column in columns
        if schema == "metrics" and name in marts and column not in PERSONAL.get(name, ())
    }
    assert readable == expected


def test_it_reads_the_public_marts_and_nothing_else(attacker, relations, postgres_demo):
    """Every column of every relation of every schema, tried one by one."""
    schemas = {schema for schema, _ in relations}
    assert {"metrics", "metrics_staging", "metrics_intermediate", "metrics_seeds", "metrics_demo"} <= schemas
    check_reading(attacker, relations, postgres_demo.marts)


def test_the_columns_kept_back_hold_something(postgres_demo):
    """Hiding what is empty would prove nothing."""
    with postgres_demo.server.connect(PIPELINE, postgres_demo.database).cursor() as cursor:
        for mart, columns in PERSONAL.items():
            for column in columns:
                cursor.execute(f"select count({column}) from metrics.{mart}")
                assert cursor.fetchone()[0] > 0


@pytest.mark.parametrize(
    "statement",
    [
        "select * from metrics.dim_accounts",
        "table metrics.dim_csms",
        "select dim_accounts from metrics.dim_accounts",
        "select to_json(rejected_rows) from metrics.rejected_rows",
        "select dim_accounts::text from metrics.dim_accounts",
        "select 1 from metrics.dim_accounts where account_name like 'A%'",
        "select count(*) from metrics.dim_accounts group by account_name",
        "select region from metrics.dim_accounts order by account_name",
        "select region from metrics.dim_accounts natural join (select '' as account_name) as guess",
        "copy metrics.dim_accounts to stdout",
        "copy (select account_name from metrics.dim_accounts) to stdout",
        "select query_to_xml('select * from metrics.dim_accounts', true, true, '')",
        "select table_to_xml('metrics.dim_csms', true, true, '')",
        "select ts_stat('select to_tsvector(account_name) from metrics.dim_accounts')",
        "insert into metrics.monthly_metrics select * from metrics.monthly_metrics limit 1",
        "update metrics.monthly_metrics set value = 0",
        "delete from metrics.monthly_metrics",
        "truncate metrics.monthly_metrics",
        "drop table metrics.monthly_metrics",
        "alter table metrics.monthly_metrics add column mine text",
        "alter table metrics.dim_accounts owner to bi",
        "create table metrics.mine (id int)",
        "create view metrics.mine as select 1 as id",
        "create table public.mine (id int)",
        "create schema mine",
        "create function metrics.mine() returns int language sql as 'select 1'",
        "create function public.mine() returns int language sql security definer as 'select 1'",
        "create trigger mine before insert on metrics.monthly_metrics execute function suppress_redundant_updates_trigger()",
        "create index mine on metrics.monthly_metrics (value)",
        "create role mine",
        "create extension file_fdw",
        "lock table metrics.monthly_metrics in access exclusive mode",
        "grant select on metrics.dim_accounts to public",
        "alter default privileges for role pipeline grant select on tables to bi",
        "alter role bi superuser",
        "set role pipeline",
        "set session authorization pipeline",
        "select pg_read_file('postgresql.conf')",
        "select pg_ls_dir('.')",
        "select lo_import('/etc/hostname')",
        "copy (select 1) to program 'true'",
        "select passwd from pg_shadow",
        "select * from pg_statistic",
        "select pg_reload_conf()",
    ],
)
def test_it_is_refused(attacker, statement):
    """Personal columns in any disguise, writing, creating, taking another's role, the server's files."""
    if statement.startswith("copy ") and "stdout" in statement:
        with open("/dev/null", "w") as nowhere, pytest.raises(psycopg2.errors.InsufficientPrivilege):
            attacker.copy_expert(statement, nowhere)
    else:
        attacker.execute("begin")
        assert is_refused(attacker, statement)


def test_statistics_tell_nothing_of_what_is_kept_back(attacker, relations):
    """Postgres keeps samples of values; the role sees those of what it may read only."""
    attacker.execute("select schemaname, tablename, attname from pg_stats where schemaname like 'metrics%'")
    seen = attacker.fetchall()
    assert seen and {schema for schema, _, _ in seen} == {"metrics"}
    assert not [(table, column) for _, table, column in seen if column in PERSONAL.get(table, ())]


def test_no_function_of_ours_can_be_executed(postgres_demo):
    """The project creates none, so there is none to be run."""
    with postgres_demo.server.connect(database=postgres_demo.database).cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_proc inner join pg_namespace on pronamespace = pg_namespace.oid "
            "where nspname not in ('pg_catalog', 'information_schema')"
        )
        assert cursor.fetchone() == (0,)


def test_another_build_leaves_the_rights_as_they_are(postgres_demo, relations):
    """While a build puts new tables in the place of the old ones, the role reads on without an error; then as before."""
    is_over = threading.Event()
    reads, failures = [], []

    def read_on() -> None:
        with postgres_demo.server.connect(BI, postgres_demo.database).cursor() as cursor:
            while not is_over.is_set():
                try:
                    cursor.execute("select count(*), max(month) from metrics.monthly_summary")
                    reads.append(cursor.fetchone())
                    cursor.execute("select count(account_id) from metrics.dim_accounts")
                    cursor.fetchone()
                except psycopg2.Error as error:
                    failures.append(str(error))
                is_over.wait(0.01)

    with postgres_demo.server.connect(database=postgres_demo.database).cursor() as cursor:
        def table_ids() -> set:
            cursor.execute("select relname, pg_class.oid from pg_class where relnamespace = 'metrics'::regnamespace and relkind = 'r'")
            return set(cursor.fetchall())

        before = table_ids()
        reader = threading.Thread(target=read_on)
        reader.start()
        try:
            postgres_demo.dbt("run", metric_policies=POLICIES, bi_role=BI)
        finally:
            is_over.set()
            reader.join()
        assert not before & table_ids(), "the second build left tables in place"
    assert not failures and len(reads) > 50 and len(set(reads)) == 1
    with postgres_demo.server.connect(BI, postgres_demo.database).cursor() as cursor:
        check_reading(cursor, relations, postgres_demo.marts)


def test_elsewhere_than_on_postgres_the_variable_is_refused(tmp_path):
    """Better than passing it over, and leaving somebody to think that it works."""
    said = DuckDB(tmp_path).dbt("build", "--select", "+int_policies", is_expected=False, bi_role=BI)
    assert "bi_role is 'bi'" in said
