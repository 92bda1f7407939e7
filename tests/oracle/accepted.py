"""Which rows of a company's tables count: those that had arrived, the newest version of each, and no faulty ones.

Written from the contract's table and DECISIONS.md, 15, 18, 24, 26, 94, 98 and 99.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, timedelta

from oracle.company import REPORTING_CURRENCY, Company, Row

KEYS = {
    "accounts": ("account_id",),
    "account_segments": ("account_id", "segment_name", "valid_from"),
    "survey_responses": ("response_id",),
    "survey_invitations": ("invitation_id",),
    "users": ("user_id",),
    "usage_events": ("usage_date", "account_id", "user_id", "feature"),
    "csms": ("csm_id", "valid_from"),
    "csm_assignments": ("account_id", "csm_id", "valid_from"),
    "acquisition_costs": ("cost_id",),
    "revenue_costs": ("cost_id",),
    "invoices": ("invoice_id",),
    "invoice_lines": ("invoice_line_id",),
    "products": ("product_id",),
    "subscriptions": ("subscription_id",),
    "subscription_items": ("item_id", "valid_from"),
    "subscription_pauses": ("subscription_id", "paused_at"),
    "discounts": ("discount_id",),
}
# From when to when a row of these holds.
TERMS = {
    "subscription_items": ("valid_from", "valid_to"),
    "subscription_pauses": ("paused_at", "resumed_at"),
    "discounts": ("valid_from", "valid_to"),
    "csms": ("valid_from", "valid_to"),
    "csm_assignments": ("valid_from", "valid_to"),
    "account_segments": ("valid_from", "valid_to"),
}
# Periods that can't end before they begin.
PERIODS = {
    "subscriptions": (("started_at", "ended_at"), ("trial_started_at", "trial_ended_at")),
    "subscription_items": (("valid_from", "valid_to"),),
    "subscription_pauses": (("paused_at", "resumed_at"),),
    "discounts": (("valid_from", "valid_to"),),
    "invoice_lines": (("service_start", "service_end"),),
    "users": (("activated_at", "deactivated_at"),),
    "csms": (("valid_from", "valid_to"),),
    "csm_assignments": (("valid_from", "valid_to"),),
    "account_segments": (("valid_from", "valid_to"),),
}
MAY_LACK_KEY = ("acquisition_costs", "revenue_costs")
"""Tables in which a row without a key counts as it is, however alike another one may be."""
REQUIRED = {
    "accounts": ("account_id",),
    "account_segments": ("account_id", "segment_name", "segment_value", "valid_from"),
    "survey_responses": ("response_id", "survey_id", "survey_type", "scale_min", "scale_max", "responded_at"),
    "survey_invitations": ("invitation_id", "survey_id", "delivered_at"),
    "users": ("user_id", "account_id", "activated_at"),
    "usage_events": ("usage_date", "account_id", "user_id", "feature", "event_count"),
    "csms": ("csm_id", "fte", "valid_from"),
    "csm_assignments": ("account_id", "csm_id", "valid_from"),
    "acquisition_costs": ("cost_date", "category", "amount", "currency"),
    "revenue_costs": ("cost_date", "revenue_stream", "amount", "currency"),
    "invoices": ("invoice_id", "account_id", "status", "issued_at", "currency"),
    "invoice_lines": ("invoice_line_id", "invoice_id", "account_id", "charge_type", "amount", "currency"),
    "products": ("product_id",),
    "subscriptions": ("subscription_id", "account_id", "status", "started_at"),
    "subscription_items": ("item_id", "subscription_id", "product_id", "charge_type", "unit_amount", "quantity", "currency", "valid_from"),
    "subscription_pauses": ("subscription_id", "paused_at"),
    "discounts": ("discount_id", "valid_from"),
}
# Columns that no figure needs but a breakdown by them: a fault in one costs it alone.
LABELS = {
    "accounts": (
        "account_name", "parent_account_id", "country", "region", "industry", "employee_count", "currency", "created_at", "is_deleted",
    ),
    "survey_responses": ("respondent_id", "comment"),
    "survey_invitations": ("respondent_id",),
    "usage_events": ("minutes",),
    "csms": ("csm_name", "team"),
    "invoices": ("due_at", "paid_at", "total_amount"),
    "invoice_lines": ("description", "quantity", "discount_amount", "tax_amount"),
    "products": ("product_name", "product_family"),
}
FIRST_DAY = datetime(1950, 1, 1)
EPOCH = (date(1969, 12, 31), date(1970, 1, 1))  # where a zero of a computer's clock falls, in any zone
SURVEY_TYPES = ("relationship", "transactional", "csat")
MOST_MINUTES = 10 * 24 * 60  # a user's day with a feature (D95)
MOST_FTE = 10_000


def cutoff(company: Company) -> datetime:
    """The instant up to which something is known: the end of the as-of date."""
    return datetime.combine(company.as_of_date + timedelta(days=1), datetime.min.time())


def accepted(company: Company, table: str, *is_faulty: Callable[[Row], bool]) -> list[Row]:
    """The rows of a table that count: known, one a key, complete, and with none of the faults."""
    versions = defaultdict(list)
    for number, row in enumerate(company.rows(table)):
        row = known(company, table, row)
        if row.get("loaded_at") is None or row["loaded_at"] < cutoff(company):
            key = tuple(row.get(name) for name in KEYS[table])
            versions[(number,) if table in MAY_LACK_KEY and None in key else key].append(row)
    rows = [row for of_key in versions.values() for row in version_that_counts(table, of_key, LABELS.get(table, ()))]
    return [
        row
        for row in rows
        if all(row.get(name) is not None for name in REQUIRED[table])
        and not ends_before_it_begins(table, row)
        and not any(fault(row) for fault in is_faulty)
    ]


def local(company: Company, value):
    """An instant as wall-clock time of the company's zone, anything else as it is."""
    return company.wall_clock(value) if isinstance(value, datetime) else value


def known(company: Company, table: str, row: Row) -> Row:
    """The row with instants in the company's zone, and with labels empty that aren't what they should be."""
    found = {name: local(company, value) for name, value in row.items()}
    if table == "accounts":
        count, created = row.get("employee_count"), found.get("created_at")
        found["employee_count"] = count if isinstance(count, int) and count >= 0 else None
        found["created_at"] = created if created is not None and created >= FIRST_DAY and created.date() not in EPOCH else None
    if table == "usage_events" and row.get("minutes") is not None and not 0 <= row["minutes"] <= MOST_MINUTES:
        found["minutes"] = None
    return found


def version_that_counts(table: str, versions: list[Row], labels: tuple[str, ...]) -> list[Row]:
    """The row that arrived last, with the labels that all say who say one; none where several that differ otherwise did.

    What takes no time isn't one of them (D94).
    """
    arrivals = [row["loaded_at"] for row in versions if row.get("loaded_at") is not None]
    newest = [row for row in versions if row.get("loaded_at") == (max(arrivals) if arrivals else None)]
    newest = [row for row in newest if not takes_no_time(table, row)]
    contents = [
        {name: value for name, value in row.items() if value is not None and name not in ("loaded_at", *labels)} for row in newest
    ]
    if not newest or any(content != contents[0] for content in contents):
        return []
    said = {label: {row[label] for row in newest if row.get(label) is not None} for label in labels}
    return [newest[0] | {label: next(iter(values)) if len(values) == 1 else None for label, values in said.items()}]


def folded(word: str) -> str:
    """A code as it is compared: whatever its case, blanks and hyphens as underscores."""
    return word.lower().replace(" ", "_").replace("-", "_")


def takes_no_time(table: str, row: Row) -> bool:
    """Whether the row's term ends as it begins."""
    start, end = TERMS.get(table, (None, None))
    return start is not None and row.get(end) is not None and row[start] == row[end]


def ends_before_it_begins(table: str, row: Row) -> bool:
    """Whether one of the row's periods is of negative length, by the clock of the company's zone."""
    return any(
        row.get(start) is not None and row.get(end) is not None and row[end] < row[start] for start, end in PERIODS.get(table, ())
    )


# --- the tables ----------------------------------------------------------------------------------------------------


def all_accounts(company: Company) -> dict[str, Row]:
    """Every account, those of the company's own tests among them."""
    return {row["account_id"]: row for row in accepted(company, "accounts")}


def accounts(company: Company) -> dict[str, Row]:
    """The accounts that are customers."""
    return {name: row for name, row in all_accounts(company).items() if not row.get("is_test")}


def is_of_customers(company: Company) -> Callable[[Row], bool]:
    """Whether a row isn't that of a test account; whose account isn't known, or named, may be a customer."""
    tests = set(all_accounts(company)) - set(accounts(company))
    return lambda row: row.get("account_id") not in tests


def survey_responses(company: Company) -> list[Row]:
    """Answers, also those without a score."""
    return accepted(
        company,
        "survey_responses",
        lambda row: row["survey_type"] not in SURVEY_TYPES,
        lambda row: row["scale_max"] <= row["scale_min"],
        lambda row: row.get("score") is not None and not row["scale_min"] <= row["score"] <= row["scale_max"],
    )


def survey_invitations(company: Company) -> list[Row]:
    """Invitations."""
    return accepted(company, "survey_invitations")


def users(company: Company) -> list[Row]:
    """Seat holders of accounts that are known."""
    known = all_accounts(company)
    return accepted(
        company,
        "users",
        lambda row: row["account_id"] not in known,
    )


def usage_events(company: Company) -> list[Row]:
    """Days of use by accounts and users that are known."""
    known, holders = all_accounts(company), {row["user_id"] for row in users(company)}
    return accepted(
        company,
        "usage_events",
        lambda row: row["event_count"] < 0,
        lambda row: row["account_id"] not in known or row["user_id"] not in holders,
    )


def csms(company: Company) -> list[Row]:
    """Terms of reps."""
    terms = accepted(company, "csms", lambda row: not 0 <= row["fte"] <= MOST_FTE)
    return without_overlaps(terms, ("csm_id",))


def csm_assignments(company: Company) -> list[Row]:
    """Assignments of accounts and reps that are known."""
    known, reps = all_accounts(company), {row["csm_id"] for row in csms(company)}
    assignments = accepted(
        company,
        "csm_assignments",
        lambda row: row.get("share") is not None and not 0 < row["share"] <= 1,
        lambda row: row["account_id"] not in known or row["csm_id"] not in reps,
    )
    return without_overlaps(assignments, ("account_id", "csm_id"))


def account_segments(company: Company) -> list[Row]:
    """Attributes of accounts that are known."""
    known = all_accounts(company)
    attributes = accepted(company, "account_segments", lambda row: row["account_id"] not in known)
    return without_overlaps(attributes, ("account_id", "segment_name"))


def costs(company: Company, table: str) -> list[Row]:
    """Costs dated up to the as-of date, of acquisition or of revenue; where there are no rates for them, rejected."""
    valued = {REPORTING_CURRENCY, *(row["from_currency"] for row in company.rows("exchange_rates"))}
    rows = accepted(
        company,
        table,
        lambda row: row.get("category") not in (None, "sales", "marketing"),
        lambda row: row["currency"] not in valued,
    )
    return [row for row in rows if row["cost_date"] <= company.as_of_date]


def without_overlaps(terms: list[Row], key: tuple[str, ...]) -> list[Row]:
    """The terms without those that begin within an earlier one of the same key, be it a rejected one."""
    by_key = defaultdict(list)
    for row in terms:
        by_key[tuple(row[name] for name in key)].append(row)
    kept = []
    for of_key in by_key.values():
        taken_until = datetime.min
        for row in sorted(of_key, key=lambda row: row["valid_from"]):
            if row["valid_from"] >= taken_until:
                kept.append(row)
            taken_until = max(taken_until, row.get("valid_to") or datetime.max)
    return kept


# --- time ----------------------------------------------------------------------------------------------------------


def closes_at(company: Company, month: date) -> datetime:
    """The instant at which the month ends; for one that isn't over, at which what is known ends."""
    following = (month + timedelta(days=32)).replace(day=1)
    return min(datetime.combine(following, datetime.min.time()), cutoff(company))


def holds_at_the_end_of(company: Company, month: date, start: datetime, end: datetime | None) -> bool:
    """Whether a half-open interval holds at the month's last instant; an end still to come hasn't happened."""
    instant = closes_at(company, month)
    return start < instant and (end is None or end >= instant)
