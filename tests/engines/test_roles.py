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
    "rejection_reasons": {"example_key", "example_value"},
    "emptied_values": {"example_key", "example_value"},
}
STAYING = {"fct_mrr_movements", "published_builds"}  # the one built by account, and the record of builds


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
    """What the role can read is the public marts without their personal columns, to the column.

    Rights are checked before the first row; metric_contributions, a view, would work for many minutes on all of its rows.
    """
    readable = {
        (schema, name, column)
        for (schema, name), columns in relations.items()
        for column in columns
        if not is_refused(cursor, f'select "{column}" from "{schema}"."{name}" limit 0')
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


@pytest.mark.parametrize(
    ("change", "undo"),
    [
        ("grant select (account_name) on metrics.dim_accounts to bi", "revoke select (account_name) on metrics.dim_accounts from bi"),
        ("revoke select on metrics.monthly_metrics from bi", "grant select on metrics.monthly_metrics to bi"),
        (
            "grant usage on schema metrics_staging to bi; grant select on metrics_staging.stg_native__users to public",
            "revoke usage on schema metrics_staging from bi; revoke select on metrics_staging.stg_native__users from public",
        ),
    ],
)
def test_a_grant_too_many_or_too_few_is_found(attacker, relations, postgres_demo, change, undo):
    """The check can fail: one column, table or view more or less."""
    with postgres_demo.server.connect(PIPELINE, postgres_demo.database).cursor() as cursor:
        cursor.execute(change)
        try:
            with pytest.raises(AssertionError):
                check_reading(attacker, relations, postgres_demo.marts)
        finally:
            cursor.execute(undo)
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
        "explain select account_name from metrics.dim_accounts",
        "declare mine cursor for select account_name from metrics.dim_accounts",
        "select dim_accounts is not null from metrics.dim_accounts",
        "select count(dim_accounts) from metrics.dim_accounts",
        "create temporary table mine as table metrics.dim_accounts",
        "create statistics mine on account_name, country from metrics.dim_accounts",
        "create policy mine on metrics.dim_accounts",
        "alter database demo set search_path to pg_temp, metrics",
        "alter role pipeline set search_path to pg_temp",
        "create type metrics.mine as (id int)",
        "create operator public.=== (function = texteq, leftarg = text, rightarg = text)",
        "grant pipeline to bi",
        "reassign owned by pipeline to bi",
        "drop owned by pipeline",
        "create foreign data wrapper mine",
        "select pg_stat_reset()",
        "select stxdmcv from pg_statistic_ext_data",
        "load '/etc/hostname'",
        "set log_statement = 'all'",
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


@pytest.mark.parametrize(
    ("create", "use"),
    [
        ("create view pg_temp.mine as select account_name from metrics.dim_accounts", "select * from pg_temp.mine"),
        ("create view pg_temp.mine as select * from metrics_staging.stg_native__accounts", "select * from pg_temp.mine"),
        (
            "create function pg_temp.mine() returns setof text language sql security definer "
            "as 'select account_name from metrics.dim_accounts'",
            "select * from pg_temp.mine()",
        ),
        (
            "create function pg_temp.mine(text) returns bool language plpgsql cost 0.0001 as $$ begin raise notice '%', $1; "
            "return true; end $$",
            "select region from metrics.dim_accounts where pg_temp.mine(account_name)",
        ),
        ("prepare mine as select csm_name from metrics.dim_csms", "execute mine"),
        ("set default_transaction_read_only to off", "update metrics.dim_csms set team = ''"),
    ],
)
def test_what_it_makes_in_its_own_session_reads_no_more(attacker, create, use):
    """Temporary views and functions are everybody's to make; they read with the rights of who made them."""
    try:
        attacker.execute(create)
    except psycopg2.errors.InsufficientPrivilege:
        return  # refused even earlier
    assert is_refused(attacker, use)


def test_a_search_path_opens_no_schema(attacker):
    """What the role may not use isn't found by a shorter name either."""
    attacker.execute("set search_path to metrics_intermediate, metrics_staging, metrics_seeds")
    with pytest.raises(psycopg2.errors.UndefinedTable):
        attacker.execute("select * from contract_accounts")


def test_it_neither_sees_nor_stops_what_others_run(attacker, postgres_demo):
    """A statement of the pipeline's may hold a name; its session is its own."""
    with postgres_demo.server.connect(PIPELINE, postgres_demo.database).cursor() as cursor:
        cursor.execute("select pg_backend_pid(), 'Ada Lovelace'")
        pid, _ = cursor.fetchone()
        attacker.execute("select query from pg_stat_activity where pid = %s", [pid])
        assert attacker.fetchall() == [("<insufficient privilege>",)]
        assert is_refused(attacker, f"select pg_terminate_backend({pid})")


def test_statistics_tell_nothing_of_what_is_kept_back(attacker, postgres_demo):
    """Postgres keeps samples of values; the role sees those of what it may read only."""
    statement = (
        "select schemaname, tablename, attname from pg_stats where schemaname like 'metrics%' "
        "and (most_common_vals is not null or histogram_bounds is not null)"
    )
    attacker.execute(statement)
    seen = attacker.fetchall()
    assert seen and {schema for schema, _, _ in seen} == {"metrics"}
    assert not [(table, column) for _, table, column in seen if column in PERSONAL.get(table, ())]
    with postgres_demo.server.connect(PIPELINE, postgres_demo.database).cursor() as cursor:
        cursor.execute(statement)
        kept = {(table, column) for schema, table, column in cursor.fetchall() if schema == "metrics"}
    assert ("dim_accounts", "account_name") in kept, "there are no samples of it, so not seeing them proves nothing"


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
        assert {name for name, _ in before & table_ids()} == STAYING, "all other tables are replaced"
    assert not failures and len(reads) > 50 and len(set(reads)) == 1
    with postgres_demo.server.connect(BI, postgres_demo.database).cursor() as cursor:
        check_reading(cursor, relations, postgres_demo.marts)


def test_elsewhere_than_on_postgres_the_variable_is_refused(tmp_path):
    """Better than passing it over, and leaving somebody to think that it works."""
    said = DuckDB(tmp_path).dbt("build", "--select", "+int_policies", is_expected=False, bi_role=BI)
    assert "bi_role is 'bi'" in said
