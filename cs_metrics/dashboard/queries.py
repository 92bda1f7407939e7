"""Every figure that the dashboard shows, by SQL on the published marts, as plain tables.

Nothing is calculated but sums of parts: the page and the app show what the marts say. What may grow with the company
is bounded here: months, values of a dimension, cohorts and accounts behind a figure.
"""

from dataclasses import dataclass
from datetime import date

import duckdb

from cs_metrics.sources import literal, quoted
from cs_metrics.summary import SCHEMA

MONTHS = 49
VALUES = 12
COHORTS = 24
PARTS = 10
PART_MONTHS = 2
ROWS = 200
NO_ACCOUNT = "(no account)"


@dataclass(frozen=True)
class Metric:
    """How a metric is called and written: money, count, percent, times, months, minutes or points."""

    label: str
    format: str


METRICS = {
    "mrr": Metric("MRR", "money"),
    "arr": Metric("ARR", "money"),
    "net_new_mrr": Metric("Net new MRR", "money"),
    "arpa": Metric("ARPA", "money"),
    "accounts": Metric("Accounts", "count"),
    "new_accounts": Metric("New accounts", "count"),
    "churned_accounts": Metric("Churned accounts", "count"),
    "opening_mrr": Metric("Opening MRR", "money"),
    "new_mrr": Metric("New", "money"),
    "reactivation_mrr": Metric("Reactivation", "money"),
    "expansion_mrr": Metric("Expansion", "money"),
    "contraction_mrr": Metric("Contraction", "money"),
    "churned_mrr": Metric("Churn", "money"),
    "fx_mrr": Metric("Exchange rates", "money"),
    "nrr_12m": Metric("NRR, 12 months", "percent"),
    "grr_12m": Metric("GRR, 12 months", "percent"),
    "customer_churn_rate": Metric("Customer churn", "percent"),
    "gross_mrr_churn_rate": Metric("Revenue churn, gross", "percent"),
    "net_mrr_churn_rate": Metric("Revenue churn, net", "percent"),
    "nps": Metric("NPS", "points"),
    "nps_margin_of_error": Metric("NPS, margin of error", "points"),
    "nps_promoters": Metric("Promoters", "count"),
    "nps_passives": Metric("Passives", "count"),
    "nps_detractors": Metric("Detractors", "count"),
    "survey_response_rate": Metric("Response rate", "percent"),
    "csat": Metric("CSAT", "percent"),
    "cac": Metric("CAC", "money"),
    "cac_payback_months": Metric("CAC payback", "months"),
    "ltv": Metric("LTV", "money"),
    "ltv_to_cac": Metric("LTV : CAC", "times"),
    "gross_margin": Metric("Gross margin", "percent"),
    "arr_per_csm": Metric("ARR per rep", "money"),
    "accounts_per_csm": Metric("Accounts per rep", "decimal"),
    "dau": Metric("Daily active users", "decimal"),
    "wau": Metric("Weekly active users", "count"),
    "mau": Metric("Monthly active users", "count"),
    "stickiness": Metric("Stickiness", "percent"),
    "adoption_rate": Metric("Seats in use", "percent"),
    "feature_adoption_rate": Metric("Feature adoption", "percent"),
    "quick_ratio": Metric("Quick ratio", "times"),
}
# Those whose accounts are on the page: one query each.
EXPLAINED = (
    "mrr", "arr", "net_new_mrr", "arpa", "accounts", "new_accounts", "churned_accounts", "new_mrr", "reactivation_mrr",
    "expansion_mrr", "contraction_mrr", "churned_mrr", "fx_mrr", "opening_mrr", "nrr_12m", "grr_12m", "customer_churn_rate",
    "gross_mrr_churn_rate", "net_mrr_churn_rate", "nps", "cac", "arr_per_csm", "adoption_rate", "stickiness",
)  # fmt: skip


@dataclass(frozen=True)
class Table:
    """Rows under the names of their columns."""

    columns: list[str]
    rows: list[tuple]


def table(database: duckdb.DuckDBPyConnection, query: str, given: list | None = None) -> Table:
    """What a query finds."""
    found = database.execute(query, given or [])
    return Table([column[0] for column in found.description], found.fetchall())


def shown_metrics() -> str:
    """The metrics of the dashboard, for SQL's `in`."""
    return ", ".join(f"'{metric}'" for metric in METRICS)


def build_of(database: duckdb.DuckDBPyConnection) -> Table:
    """As of which day the figures are, when they were built, and by which invocation of dbt."""
    return table(
        database,
        f"select as_of_date, published_at, invocation_id from {SCHEMA}.published_builds order by build_number desc limit 1",
    )


def policies(database: duckdb.DuckDBPyConnection) -> list[str]:
    """The policies of the build, `standard` first."""
    query = f"select distinct policy from {SCHEMA}.monthly_metrics order by policy <> 'standard', policy"
    return [policy for (policy,) in database.execute(query).fetchall()]


def months(database: duckdb.DuckDBPyConnection) -> Table:
    """The last months that have figures, and whether each is over and closed."""
    return table(database, f"""
        select month, is_provisional, is_closed from (
            select month, is_provisional, is_closed from {SCHEMA}.dim_months
            where month in (select month from {SCHEMA}.monthly_summary)
            order by month desc limit {MONTHS}
        ) as latest order by month
    """)


def definitions(database: duckdb.DuckDBPyConnection) -> Table:
    """What each metric means (its column's comment in monthly_summary), its unit and formula, and whether it splits."""
    return table(database, f"""
        select metrics.metric, metrics.unit, metrics.is_split_by_account, metrics.numerator_formula, metrics.denominator_formula,
            coalesce(columns.comment, '') as definition
        from {SCHEMA}.dim_metrics as metrics
        left join duckdb_columns() as columns
            on columns.database_name = current_database() and columns.schema_name = '{SCHEMA}'
            and columns.table_name = 'monthly_summary' and columns.column_name = metrics.metric
        where metrics.metric in ({shown_metrics()})
        order by metrics.metric
    """)


def dimension_values(database: duckdb.DuckDBPyConnection) -> Table:
    """The values of each dimension that are shown, the largest by MRR of the last month they have any in, then by name."""
    return table(database, f"""
        with sizes as (
            select dimension, dimension_value, max_by(value, month) as mrr
            from {SCHEMA}.monthly_metrics where metric = 'mrr' and dimension not in ('all', 'feature')
            group by all
        )
        select dimension, dimension_value, place, places from (
            select *, row_number() over (partition by dimension order by mrr desc nulls last, dimension_value) as place,
                count(*) over (partition by dimension) as places
            from (
                select distinct dimension, dimension_value from {SCHEMA}.monthly_metrics
                where metric in ({shown_metrics()}) and dimension <> 'all'
            ) left join sizes using (dimension, dimension_value)
        ) where place <= {VALUES} or dimension = 'billing_entity'
        order by dimension, place
    """)


def prepare(database: duckdb.DuckDBPyConnection) -> None:
    """Write down which months and values are shown: the queries below keep to them."""
    shown_months, values = months(database), dimension_values(database)
    database.execute("create or replace temp table shown_months (month date, place integer)")
    for place, (month, *_) in enumerate(shown_months.rows):
        database.execute("insert into shown_months values (?, ?)", [month, place])
    database.execute("create or replace temp table shown_values (dimension varchar, dimension_value varchar)")
    for row in [("all", "all"), *(row[:2] for row in values.rows)]:
        database.execute("insert into shown_values values (?, ?)", list(row))


def figures(database: duckdb.DuckDBPyConnection) -> Table:
    """A row a policy, metric and segment: its values, samples and small-sample marks, each a list over the shown months."""
    return table(database, f"""
        with figures as (
            select figures.* exclude (month), shown_months.place
            from {SCHEMA}.monthly_metrics as figures
            inner join shown_months on figures.month = shown_months.month
            inner join shown_values using (dimension, dimension_value)
            where figures.metric in ({shown_metrics()})
        )
        select policy, dimension, dimension_value, metric, list(place order by place) as months,
            list(cast(value as double) order by place) as "values",
            list(is_small_sample order by place) as small,
            case when dimension = 'all' then list(sample_size order by place) end as samples,
            case when dimension = 'all' then list(cast(numerator as double) order by place) end as numerators,
            case when dimension = 'all' then list(cast(denominator as double) order by place) end as denominators
        from figures group by policy, dimension, dimension_value, metric order by all
    """)


def cohorts(database: duckdb.DuckDBPyConnection) -> Table:
    """A row a policy, segment and cohort: the share of its accounts and of its MRR that is left, by months since its start."""
    return table(database, f"""
        with latest as (
            select distinct cohort_month from {SCHEMA}.cohort_retention order by cohort_month desc limit {COHORTS}
        )
        select policy, dimension, dimension_value, cohort_month,
            max(accounts_at_start) as accounts_at_start, cast(max(mrr_at_start) as double) as mrr_at_start,
            list(months_since_start order by months_since_start) as ages,
            list(cast(account_retention_rate as double) order by months_since_start) as accounts,
            list(cast(mrr_retention_rate as double) order by months_since_start) as mrr
        from {SCHEMA}.cohort_retention inner join latest using (cohort_month)
        inner join shown_values using (dimension, dimension_value)
        where months_since_start <= {COHORTS}
        group by all order by all
    """)


def reasons(database: duckdb.DuckDBPyConnection) -> Table:
    """How many comments of the twelve months up to each month speak of a theme, by class of the answer, per entity and in all."""
    return table(database, f"""
        select if(grouping(billing_entity) = 1, 'all', 'billing_entity') as dimension,
            coalesce(billing_entity, 'all') as dimension_value, shown_months.month, theme, nps_class,
            cast(sum(mentions) as bigint) as mentions
        from shown_months inner join {SCHEMA}.nps_reasons as reasons
            on reasons.month <= shown_months.month and reasons.month > shown_months.month - interval 12 month
        where survey_type = 'relationship' and scale = '0 to 10' and mentions > 0
        group by grouping sets ((shown_months.month, theme, nps_class), (shown_months.month, theme, nps_class, billing_entity))
        order by all
    """)


def forecast(database: duckdb.DuckDBPyConnection) -> Table:
    """MRR of the months to come, its band, and how far off earlier forecasts were."""
    return table(database, f"""
        select policy, dimension, dimension_value, month, horizon, cast(forecast_mrr as double) as forecast_mrr,
            cast(low_mrr as double) as low_mrr, cast(high_mrr as double) as high_mrr, backtests,
            cast(mean_absolute_percentage_error as double) as error, method
        from {SCHEMA}.mrr_forecast order by policy, dimension, dimension_value, month
    """)


def benchmarks(database: duckdb.DuckDBPyConnection) -> Table:
    """The company beside what is published for its size."""
    return table(database, f"""
        select policy, month, metric, cast(compared_value as double) as compared_value, conversion, position, is_favourable,
            statistic, cast(low as double) as low, cast(median as double) as median, cast(high as double) as high,
            source, source_year
        from {SCHEMA}.benchmark_positions inner join shown_months using (month)
        where metric in ({shown_metrics()}) order by policy, month, metric, benchmark_id
    """)


def restatements(database: duckdb.DuckDBPyConnection) -> Table:
    """Closed company figures that are another today, by reason; the latest months first."""
    return table(database, f"""
        select policy, month, metric, reason, first_unit, unit, cast(first_value as double) as first_value,
            cast(current_value as double) as current_value, cast(value_part as double) as value_part
        from {SCHEMA}.metric_restatements where dimension = 'all' and metric in ({shown_metrics()})
        order by month desc, policy, metric, reason limit {ROWS}
    """)


def freshness(database: duckdb.DuckDBPyConnection) -> Table:
    """Of each source table its rows, those rejected, and the days since something arrived."""
    return table(database, f"""
        with rejected as (
            select source_system, table_name, cast(sum(row_count) as bigint) as rejected_rows
            from {SCHEMA}.data_quality_summary where not is_accepted group by all
        )
        select source_system, table_name, row_count, coalesce(rejected_rows, 0) as rejected_rows,
            days_since_arrival, last_business_date
        from {SCHEMA}.source_freshness left join rejected using (source_system, table_name)
        order by rejected_rows desc, source_system, table_name
    """)


def rejections(database: duckdb.DuckDBPyConnection) -> Table:
    """How many rows were rejected, by table and reason."""
    return table(database, f"""
        select table_name, reason, count(*) as rejected_rows from {SCHEMA}.rejected_rows
        group by all order by rejected_rows desc, table_name, reason limit {ROWS}
    """)


def alerts(database: duckdb.DuckDBPyConnection) -> Table:
    """The limits that the sources are beyond."""
    return table(database, f"""
        select level, measure, source_system, table_name, reason, row_count, cast(value as double) as value
        from {SCHEMA}.data_quality_alerts order by all limit {ROWS}
    """)


def figure(database: duckdb.DuckDBPyConnection, policy: str, metric: str, month: date):
    """A company figure; None where it has no value."""
    found = table(database, f"""
        select value from {SCHEMA}.monthly_metrics where policy = ? and metric = ? and month = ? and dimension = 'all'
    """, [policy, metric, month]).rows
    return found[0][0] if found else None


def contributions(
    database: duckdb.DuckDBPyConnection, working: str, policy: str, metrics: list[str], months: list[date], count: int = PARTS
) -> Table:
    """Of company figures the accounts with the largest parts, and the others as one row: together they are the figure.

    metric_contributions isn't published: it is read in the working file. It wants its policy, metrics and months said.
    """
    days = ", ".join(f"date '{month}'" for month in months)
    name = "account_name" if "account_name" in columns_of(database, "dim_accounts") else "null"  # PERSONAL=left_out
    return table(database, f"""
        with parts as (
            select metric, month, billing_entity, account_id, numerator, denominator, row_number() over (
                partition by metric, month
                order by account_id = '{NO_ACCOUNT}', abs(coalesce(numerator, 0)) desc, abs(coalesce(denominator, 0)) desc,
                    billing_entity, account_id
            ) as place
            from {quoted(working)}.{SCHEMA}.metric_contributions
            where policy = {literal(policy)} and metric in ({", ".join(map(literal, metrics))}) and month in ({days})
                and dimension = 'all'
        ),
        cut as (
            select metric, month, least(place, {count} + 1) as place, if(place <= {count}, billing_entity, null) as billing_entity,
                if(place <= {count}, account_id, null) as account_id, numerator, denominator
            from parts
        ),
        summed as (
            select metric, month, place, billing_entity, account_id, count(*) as accounts,
                cast(sum(numerator) as double) as numerator, cast(sum(denominator) as double) as denominator
            from cut group by all
        )
        select metric, month, billing_entity, account_id, {name} as account_name, accounts, numerator, denominator
        from summed left join {SCHEMA}.dim_accounts using (billing_entity, account_id)
        order by metric, month, place
    """)


def columns_of(database: duckdb.DuckDBPyConnection, mart: str) -> list[str]:
    """The columns of a mart as it is published."""
    return [name for name, *_ in database.execute(f"describe {SCHEMA}.{mart}").fetchall()]


def movements(database: duckdb.DuckDBPyConnection, policy: str, billing_entity: str, account_id: str) -> Table:
    """An account's movements of MRR, the latest first."""
    return table(database, f"""
        select month, movement_type, amount, opening_mrr, closing_mrr, seats_amount, price_amount, plan_amount, add_on_amount,
            discount_amount
        from {SCHEMA}.fct_mrr_movements where policy = ? and billing_entity = ? and account_id = ?
        order by month desc, movement_type
    """, [policy, billing_entity, account_id])
