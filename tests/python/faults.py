"""Rows that are wrong, or odd and yet right, for every table of the contract, each with the outcome expected of it.

A faulty row is a good one of the demo company under a key of its own, with one thing changed; what was changed says for
which reason it has to be rejected. What a reason is for is written down here once more, from the contract's words and
not from its SQL. Odd rows belong to an entity of their own, since they are accepted and count.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cs_metrics import contract

TABLES = contract.tables()
ACCEPTED, NOT_KNOWN = "accepted", "(not known)"
ODD = "odd"
ODD_PARENTS = 40

NASTY = (
    "'; drop schema metrics cascade; --", "\" or 1=1 --", "{{ 1 / 0 }}", "${jndi:ldap://x}", "=cmd|' /C calc'!A0",
    "<script>alert(1)</script>", "\\", "\\'", "%s%n", "a,b;c\td", "two\nlines", "two\r\nlines", "Zażółć gęślą jaźń",
    "\u202eright to left", "e\u0301", "\u200b", "💸", "caf\udce9", "\udcff\udcfe", "\udcc0\udcaf", "nul\x00nul", "bell\x07", "Ã¼ber",
    "$$", "/*", "''", '""', "x" * 5000,
)  # fmt: skip
PLACEHOLDERS = ("null", "N/A", "-", "NaN", "(blank)", "\\N", " None ")  # nothing, as systems write it
DAYS_THAT_ARE_NONE = ("31/12/2024", "2024-13-01", "2024-02-30", "2023-02-29", "yesterday", "2024-01-01 or so", "💸", "1.5", "'", "caf\udce9")
UNREADABLE = {
    "date": DAYS_THAT_ARE_NONE,
    "timestamp": (*DAYS_THAT_ARE_NONE, "2024-01-01 25:00:00", "2024-01-01 10:61:00", "2024-02-30 00:00:00"),
    "boolean": ("maybe", "2", "ja", "💸"),
    "integer": ("some", "2.5", "12abc", "9223372036854775808", "--5", "∞", "1e400", "'", "caf\udce9"),
    "decimal": ("1,5", "0.00000004", "$5", "1.2.3", "1e30", "999999999999.9999995", "--5", "'; drop table x; --", "5\udce9"),
    "price": ("1,5", "$5", "1e30", "999999999999.999999999999999", "0.000000000000004", "'"),
    "rate": ("~2", "1,1", "1e30", "9999999999.99999999999999999", "0.00000000000000004", "."),
}
LONG_AGO_OR_FAR_OFF = ("0001-01-01", "1889-06-01", "1949-12-31", "2126-01-01", "2999-12-31", "9999-12-31")
CODES = {
    ("subscriptions", "status"): ("incomplete", "trialing", "active", "past_due", "paused", "unpaid", "cancelled"),
    ("subscription_items", "interval_unit"): ("day", "week", "month", "quarter", "year", "once"),
    ("discounts", "duration"): ("once", "forever"),
    ("invoices", "status"): ("draft", "open", "paid", "uncollectible", "void"),
    ("survey_responses", "survey_type"): ("relationship", "transactional", "csat"),
    ("support_tickets", "priority"): ("low", "normal", "high", "urgent"),
    ("acquisition_costs", "category"): ("sales", "marketing"),
}
UNKNOWN_CODES = (*NASTY, "cancelled ly", "transferred", "bimonthly", "decade", "0")
HUGE = ("999999999999.000001", "-999999999999.000001", "999999999999.9", "-999999999999.999999")
TOO_MUCH = {
    ("subscription_items", "unit_amount"): HUGE,
    ("subscription_items", "quantity"): ("-1", "-0.000001", "999999999999.5"),
    ("discounts", "percent_off"): ("-0.000001", "100.000001", "-5", "1000"),
    ("invoice_lines", "amount"): HUGE,
    ("exchange_rates", "rate"): ("0", "-1", "-0.00000001"),
    ("csms", "fte"): ("-0.5", "10000.5", "-0.000001"),
    ("csm_assignments", "share"): ("0", "-0.1", "1.000001", "50"),
    ("usage_events", "event_count"): ("-1", "-9223372036854775808", "9223372036854775807", "1000000000000"),
    ("acquisition_costs", "amount"): HUGE,
    ("revenue_costs", "amount"): HUGE,
}
# What costs a label alone: the row counts without it.
EMPTIED = {
    ("accounts", "employee_count"): ("-1", "-9223372036854775808", "9223372036854775807", "1000000000000", "51-200"),
    ("invoices", "total_amount"): HUGE,
    ("invoice_lines", "quantity"): HUGE,
    ("invoice_lines", "discount_amount"): HUGE,
    ("invoice_lines", "tax_amount"): HUGE,
    ("usage_events", "minutes"): ("-0.1", "14400.01", "999999999999", "1:30"),
    ("support_tickets", "satisfaction_score"): ("0", "0.999999", "5.1", "-3", "good"),
}
JUST_WITHIN = {
    ("accounts", "employee_count"): ("0", "999999999999"),
    ("subscription_items", "interval_count"): ("1", "100"),
    ("subscription_items", "unit_amount"): ("0", "0.000001", "-0.01", "0.0000001", "0.00000000000001", "1e2", " 7 "),
    ("subscription_items", "quantity"): ("0", "0.000001", "250000"),
    ("discounts", "percent_off"): ("0", "0.000001", "100"),
    ("invoices", "total_amount"): ("0", "999999999999", "-999999999999", "0.000001"),
    ("invoice_lines", "quantity"): ("0", "-1", "999999999999"),
    ("invoice_lines", "amount"): ("0", "0.000001", "-0.01", "1000000000", "-1000000000"),
    ("invoice_lines", "tax_amount"): ("0", "0.000001", "-5"),
    ("exchange_rates", "rate"): ("0.0000000000000001", "0.00000001", "9999999999"),
    ("usage_events", "event_count"): ("0", "999999999999"),
    ("usage_events", "minutes"): ("0", "1440", "14400", "0.000001"),
    ("support_tickets", "satisfaction_score"): ("1", "5", "3.5"),
    ("acquisition_costs", "amount"): ("0", "-0.01", "1000000000", "0.000001"),
    ("revenue_costs", "amount"): ("0", "-0.01", "1000000000", "0.000001"),
}
SPANS = {
    "subscriptions": [("started_at", "ended_at"), ("trial_started_at", "trial_ended_at")],
    "subscription_pauses": [("paused_at", "resumed_at")],
    "subscription_items": [("valid_from", "valid_to")],
    "discounts": [("valid_from", "valid_to")],
    "invoice_lines": [("service_start", "service_end")],
    "csms": [("valid_from", "valid_to")],
    "csm_assignments": [("valid_from", "valid_to")],
    "account_segments": [("valid_from", "valid_to")],
    "users": [("activated_at", "deactivated_at")],
    "support_tickets": [("opened_at", "closed_at")],
}
REFERENCES = {
    "subscriptions": ["account_id"],
    "subscription_pauses": ["subscription_id"],
    "subscription_items": ["subscription_id", "product_id"],
    "discounts": ["subscription_id"],
    "invoices": ["account_id"],
    "invoice_lines": ["invoice_id", "account_id"],
    "csm_assignments": ["account_id", "csm_id"],
    "account_segments": ["account_id"],
    "users": ["account_id"],
    "usage_events": ["account_id", "user_id"],
    "support_tickets": ["account_id"],
}
VALUED = {"subscription_items", "acquisition_costs", "revenue_costs", "invoice_lines"}
OWN_KEY = {  # what makes a row's key its own
    "accounts": "account_id", "products": "product_id", "subscriptions": "subscription_id", "subscription_pauses": "paused_at",
    "subscription_items": "item_id", "discounts": "discount_id", "invoices": "invoice_id", "invoice_lines": "invoice_line_id",
    "exchange_rates": "from_currency", "survey_responses": "response_id", "survey_invitations": "invitation_id",
    "csms": "csm_id", "csm_assignments": "valid_from", "account_segments": "valid_from", "users": "user_id",
    "usage_events": "feature", "support_tickets": "ticket_id", "acquisition_costs": "cost_id",
    "revenue_costs": "cost_id",
}  # fmt: skip
ODD_PARENT_OF = {"account_id": "accounts", "subscription_id": "subscriptions", "product_id": "products", "invoice_id": "invoices", "user_id": "users"}
FREE_TEXT = {
    "accounts": ["account_name", "parent_account_id", "country", "region", "industry", "currency"],
    "products": ["product_name", "product_family"],
    "subscription_items": ["plan_id"],
    "invoice_lines": ["description", "subscription_id", "item_id", "product_id"],
    "exchange_rates": ["to_currency"],
    "survey_responses": ["survey_id", "account_id", "respondent_id", "comment"],
    "survey_invitations": ["survey_id", "account_id", "respondent_id"],
    "csms": ["csm_name", "team"],
    "account_segments": ["segment_value"],
    "acquisition_costs": ["segment_value"],
}
ODD_DAYS = ("2024-02-29", "1950-01-01", "2125-12-31", "2024-12-31 23:59:59.999999", "2024-01-01T00:00:00+14:00", " 2024-03-10 02:30:00 ")

Row = dict[str, str]
Maker = Callable[[Row, random.Random], str]


@dataclass(frozen=True)
class Outcome:
    """A row, and what is to become of it."""

    row: Row
    expected: str


class Faults:
    """The wrong and the odd rows of one table, made of good ones."""

    def __init__(self, table: contract.Table, good: list[Row], seed: int) -> None:
        self.table = table
        self.random = random.Random(f"{table.name} {seed}")
        self.good = [row for row in good if self.fits(row)]
        self.unused = self.random.sample(good, len(good))
        self.outcomes: list[Outcome] = []

    def fits(self, row: Row) -> bool:
        """Whether a good row can be made worse in every way: a discount is a share of a subscription."""
        return self.table.name != "discounts" or bool(row["subscription_id"] and row["percent_off"])

    def make(self, count: int) -> list[Outcome]:
        """So many rows; each kind of fault as often as any other."""
        wrong, odd = self.wrong_makers(), self.odd_makers()
        self.outcomes += [Outcome(self.odd_row(f"odd{number}", number), ACCEPTED) for number in range(ODD_PARENTS)]
        while len(self.outcomes) < count:
            number = len(self.outcomes)
            if self.random.random() < 0.15:
                row = self.odd_row(f"o{number}", number)
                self.outcomes.append(Outcome(row, self.random.choice(odd)(row, self.random)))
            elif self.random.random() < 0.05:
                self.repeat(number)
            else:
                row = self.own_row(self.random.choice(self.good), f"f{number}", number)
                self.outcomes.append(Outcome(row, self.random.choice(wrong)(row, self.random)))
        return self.outcomes

    def own_row(self, good: Row, key: str, number: int) -> Row:
        """A good row under a key of its own; it arrives at an instant of its own, which it is known by."""
        row = dict(good)
        instant = datetime(2024, 1, 1) + timedelta(seconds=2 * number)
        row["loaded_at"] = f"{instant:%Y-%m-%d %H:%M:%S}.123457"
        own = OWN_KEY[self.table.name]
        row[own] = key.upper() if own.endswith("currency") else key
        for start, end in SPANS.get(self.table.name, []):
            if start == own:
                row[start], row[end] = str(instant), str(instant + timedelta(seconds=1))
        return row

    def odd_row(self, key: str, number: int) -> Row:
        """A good row of the odd entity."""
        row = self.own_row(self.random.choice(self.good), key, number)
        if "billing_entity" in row:
            row["billing_entity"] = ODD
        for column, table in ODD_PARENT_OF.items():
            if column in row and table != self.table.name and row[column]:
                row[column] = f"odd{self.random.randrange(ODD_PARENTS)}"
        if "currency" in row:
            row["currency"] = "USD"
        if self.table.name == "csms":  # shared by all entities: a rep to come
            row["valid_from"], row["valid_to"] = "2090-01-01", ""
        return row

    def repeat(self, number: int) -> None:
        """A good row once more, an older version of it, or two versions that arrive together; a term within another."""
        good = self.unused.pop() if self.unused else None
        kind = self.random.choice(["duplicate row", "superseded", "conflicting versions", "overlapping terms"])
        starts = SPANS.get(self.table.name, [("", "")])[0][0]
        if kind == "duplicate row" and good:
            self.outcomes += [Outcome(dict(good), kind) for _ in range(self.random.randint(1, 3))]
        elif kind == "superseded" and good:
            older = f"{datetime.fromisoformat(good['loaded_at']) - timedelta(days=1):%Y-%m-%d %H:%M:%S}.{number:06}"
            self.outcomes.append(Outcome(good | {"loaded_at": older}, kind))
        elif kind == "overlapping terms" and good and starts in self.table.key and self.can_hold_another(good, starts):
            start = datetime.fromisoformat(good[starts]) + timedelta(days=1)
            within = self.own_row(good, "", number) | {column: good[column] for column in (OWN_KEY[self.table.name],)}
            within |= {starts: str(start), "valid_to": str(start + timedelta(hours=1))}
            self.outcomes.append(Outcome(within, kind))
        elif kind == "conflicting versions":
            row = self.own_row(self.random.choice(self.good), f"f{number}", number)
            self.outcomes += [Outcome(row, kind), Outcome(row | {"source_system": "another"}, kind)]

    def can_hold_another(self, good: Row, starts: str) -> bool:
        """Whether a term of an hour fits in, a day after the good one's begin."""
        if self.table.name == "subscription_pauses":
            return False  # they may overlap
        return not good["valid_to"] or datetime.fromisoformat(good["valid_to"]) > datetime.fromisoformat(good[starts]) + timedelta(days=2)

    def wrong_makers(self) -> list[Maker]:
        """Every way in which a row of the table can be wrong."""
        name, makers = self.table.name, []
        for column in self.table.columns:
            if column.is_required:
                makers.append(setting(column.name, ("", "  ", *PLACEHOLDERS), f"missing {column.name}"))
            if column.is_label:
                continue
            if column.kind != "text":
                makers.append(setting(column.name, UNREADABLE[column.kind], f"unreadable {column.name}"))
            if column.kind in ("date", "timestamp") and column.name != "loaded_at":
                makers.append(absurd(column))
            if (name, column.name) in CODES:
                makers.append(setting(column.name, UNKNOWN_CODES, f"invalid {column.name}"))
            if (name, column.name) in TOO_MUCH:
                makers.append(setting(column.name, TOO_MUCH[name, column.name], f"invalid {column.name}"))
        makers.append(setting("loaded_at", ("2026-09-11", "2126-01-01 00:00:00", "9999-12-31"), NOT_KNOWN))
        makers += [inverted(start, end) for start, end in SPANS.get(name, [])]
        makers += [dangling(column) for column in REFERENCES.get(name, [])]
        if name in VALUED:
            makers.append(setting("currency", ("ZZZ", "€", "us$", "dollars", *NASTY), "unknown currency"))
        return makers + OWN_FAULTS.get(name, [])

    def odd_makers(self) -> list[Maker]:
        """Every way in which a row of the table can be odd and still be right."""
        name, makers = self.table.name, [setting("loaded_at", ("1900-01-01", "", "2024-02-29 12:00:00Z"), ACCEPTED)]
        makers += [setting(column, NASTY, ACCEPTED) for column in FREE_TEXT.get(name, [])]
        for column in self.table.columns:
            if (name, column.name) in JUST_WITHIN:
                makers.append(setting(column.name, JUST_WITHIN[name, column.name], ACCEPTED))
            if (name, column.name) in EMPTIED:
                makers.append(setting(column.name, EMPTIED[name, column.name], ACCEPTED))
            if column.is_label and column.kind in UNREADABLE:
                makers.append(setting(column.name, UNREADABLE[column.kind], ACCEPTED))
            if column.is_end and name not in ("csms", "csm_assignments", "account_segments", "discounts"):  # terms that would overlap, or need an end
                makers.append(setting(column.name, ("9999-12-31", "2999-12-31 23:59:59", *PLACEHOLDERS), ACCEPTED))
            if (name, column.name) in CODES:
                codes = CODES[name, column.name]
                makers.append(setting(column.name, (*codes, *map(str.upper, codes), *(f" {code.title()} " for code in codes)), ACCEPTED))
            if column.kind == "boolean":
                makers.append(setting(column.name, ("TRUE", "t", "1", "no", "", " "), ACCEPTED))
            if not column.is_required and column.kind == "text" and column.name in FREE_TEXT.get(name, []):
                makers.append(setting(column.name, ("", " "), ACCEPTED))
            if column.kind == "timestamp" and column.name in ("created_at", "signed_at", "due_at", "paid_at", "delivered_at", "responded_at"):
                makers.append(setting(column.name, ODD_DAYS, ACCEPTED))
        if name in VALUED:
            makers.append(setting("currency", ("usd", " USD ", "Usd"), ACCEPTED))
        return makers


def setting(column: str, values: tuple[str, ...], outcome: str) -> Maker:
    """One of some values in a column."""

    def maker(row: Row, source: random.Random) -> str:
        row[column] = source.choice(values)
        return outcome

    return maker


def absurd(column: contract.Column) -> Maker:
    """A day that can't be true, at an instant of the row's own: it may be part of the key."""

    def maker(row: Row, source: random.Random) -> str:
        days = LONG_AGO_OR_FAR_OFF[:3] if column.is_end else LONG_AGO_OR_FAR_OFF
        row[column.name] = source.choice(days) + (row["loaded_at"][10:] if column.kind == "timestamp" else "")
        return f"invalid {column.name}"

    return maker


def inverted(start: str, end: str) -> Maker:
    """An end before its start."""

    def maker(row: Row, source: random.Random) -> str:
        begin = datetime.fromisoformat(row[start]) if row[start] else datetime(2024, 5, 5)
        row[start] = str(begin)
        row[end] = str(begin - timedelta(seconds=source.choice([1, 3600, 86_400, 86_400 * 365])))
        return f"{end} before {start}"

    return maker


def dangling(column: str) -> Maker:
    """A key that isn't there, or only in another entity, or spelt otherwise."""

    def maker(row: Row, source: random.Random) -> str:
        there = row[column]
        of_another_entity = ["odd1"] if column != "csm_id" else []
        row[column] = source.choice([*NASTY, f"{there}x", f"{there}!", f"{there} {there}", *of_another_entity])
        return f"unknown {column}"

    return maker


def changing(outcome: str, **values: str) -> Maker:
    """Several columns at once."""

    def maker(row: Row, source: random.Random) -> str:
        row.update(values)
        return outcome

    return maker


def other_currency(row: Row, source: random.Random) -> str:
    """Another than the invoice's."""
    row["currency"] = "EUR" if row["currency"] != "EUR" else "USD"
    return "invalid currency"


OWN_FAULTS = {
    "subscription_items": [
        changing("invalid quantity", unit_amount="1000000", quantity="1000000"),
        changing("invalid interval_count", interval_unit="day", interval_count="36526"),
        changing("invalid interval_count", interval_unit="week", interval_count="5219"),
        changing("invalid interval_count", interval_unit="month", interval_count="1201"),
        changing("invalid interval_count", interval_unit="quarter", interval_count="401"),
        changing("invalid interval_count", interval_unit="year", interval_count="101"),
        changing("invalid interval_count", interval_unit="month", interval_count="0"),
        changing("invalid interval_count", interval_unit="day", interval_count="-1"),
        changing("invalid interval_count", interval_unit="year", interval_count="9223372036854775807"),
    ],
    "discounts": [
        changing("missing subscription_id", subscription_id=""),
        changing("missing percent_off", percent_off=""),
        changing("missing currency", percent_off="", amount_off="5", currency=""),
        changing("missing valid_to", duration="repeating", valid_to=""),
        changing("invalid subscription_id", item_id="i1"),
        changing("invalid percent_off", amount_off="5", currency="USD"),
        changing("invalid amount_off", percent_off="", amount_off="-0.01", currency="USD"),
        changing("invalid amount_off", percent_off="", amount_off="999999999999.01", currency="USD"),
        changing("invalid currency", percent_off="", amount_off="5", currency="CHF"),
    ],
    "invoice_lines": [other_currency],
    "survey_responses": [
        changing("invalid scale_max", scale_min="5", scale_max="5", score="5"),
        changing("invalid score", scale_min="0", scale_max="10", score="10.5"),
        changing("invalid score", scale_min="1", scale_max="5", score="0"),
    ],
}
